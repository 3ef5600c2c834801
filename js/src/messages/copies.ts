/** A line as something to run elsewhere: with placeholders for host, user and password, as the page knows none. */
import type { Line } from "./lines";
import { isPlain } from "./visible";

export type Form = "mosquitto" | "paho";

/** Whether the text on the page is the whole payload; and a terminal takes unseen characters for keys. */
export function canCopy({ topic, payload, size }: Line): boolean {
  return new TextEncoder().encode(payload).length === size && isPlain(topic + payload);
}

export function copyOf(line: Line, form: Form): string {
  return form === "paho" ? paho(line) : mosquitto(line);
}

function mosquitto({ direction, topic, payload, asked, granted, retained }: Line): string {
  const broker = "-h YOUR_HOST -p 8883 --tls-use-os-certs -u YOUR_USER -P YOUR_PASSWORD";
  if (direction === "subscribe") return `mosquitto_sub ${broker} -q ${asked} -v -t ${quoted(topic)}`;
  const message = `-t ${quoted(topic)} -m ${quoted(payload)}`;
  return `mosquitto_pub ${broker} -q ${granted} ${retained ? "-r " : ""}${message}`;
}

function paho({ direction, topic, payload, asked, granted, retained }: Line): string {
  const broker = `    hostname="YOUR_HOST",
    port=8883,
    tls={},
    auth={"username": "YOUR_USER", "password": "YOUR_PASSWORD"},
)`;
  if (direction === "subscribe")
    return `from paho.mqtt import subscribe

message = subscribe.simple(
    ${JSON.stringify(topic)},
    qos=${asked},
${broker}
print(message.topic, message.payload)`;
  return `from paho.mqtt import publish

publish.single(
    ${JSON.stringify(topic)},
    ${JSON.stringify(payload)},
    qos=${granted},
    retain=${retained ? "True" : "False"},
${broker}`;
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
