/** A line as something to run elsewhere: with placeholders for host, user and password, as the page knows none. */
import type { Line } from "../data/messages";
import { isPlain } from "../page/text";

export type Form = "mosquitto" | "paho";

/** Whether the text on the page is the whole payload; and a terminal takes unseen characters for keys. */
export function canCopy({ topic, payload, size }: Line): boolean {
  return new TextEncoder().encode(payload).length === size && isPlain(topic + payload);
}

export function copyOf(line: Line, form: Form): string {
  return form === "paho" ? paho(line) : mosquitto(line);
}

const NEW = "copy-NOW"; // stands for a command's name, until the copy is run

/**
 * A command as it works once more, or null for what is no command: a board carries out each `experiment_id`
 * once, until `until` of this `boot`.
 */
export function commandAnew({ direction, topic, payload }: Line): string | null {
  if (direction === "subscribe" || !topic.endsWith("/cmd")) return null;
  try {
    const { experiment_id: former, boot: _, until: __, ...rest } = JSON.parse(payload);
    return former === undefined ? null : JSON.stringify({ experiment_id: NEW, ...rest });
  } catch {
    return null;
  }
}

function mosquitto(line: Line): string {
  const { direction, topic, payload, asked, granted, retained } = line;
  const broker = "-h YOUR_HOST -p 8883 --tls-use-os-certs -u YOUR_USER -P YOUR_PASSWORD";
  if (direction === "subscribe") return `mosquitto_sub ${broker} -q ${asked} -v -t ${quoted(topic)}`;
  const command = commandAnew(line);
  const content = command ? quoted(command).replace(NEW, "copy-'$(date +%s)$RANDOM'") : quoted(payload);
  const keep = retained && !command ? "-r " : "";
  return `mosquitto_pub ${broker} -q ${granted} ${keep}-t ${quoted(topic)} -m ${content}`;
}

function paho(line: Line): string {
  const { direction, topic, payload, asked, granted, retained } = line;
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
  const command = commandAnew(line);
  const named = command && `${JSON.stringify(command)}.replace("${NEW}", f"copy-{time.time_ns()}")`;
  return `${command ? "import time\n\n" : ""}from paho.mqtt import publish

publish.single(
    ${JSON.stringify(topic)},
    ${named ?? JSON.stringify(payload)},
    qos=${granted},
    retain=${retained && !command ? "True" : "False"},
${broker}`;
}

/** One word of a POSIX shell, whatever is in it. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
