/** What a line means, in a word or two and in sentences: the lesson. */
import type { Line } from "../data/messages";
import { plain, visible } from "../page/text";

const SENT: Record<string, string> = {
  onboard_led:
    "command: A command of the course layer: one word. The board does it, and answers on onboard_temp.",
  cmd: "command: A command of the PicoPanel layer. Its experiment_id comes back in the answer, so that the two are known to belong together.",
};

const COPY =
  "command, to all: The broker hands every message to all who subscribe to its topic. This notebook does, so commands come back to it: its own, and those of others.";

const CAME: Record<string, string> = {
  onboard_led: COPY,
  cmd: COPY,
  onboard_temp: "answer: The board's answer to a command: the temperature in degrees Celsius.",
  ack: "answer: The board's answer to the command with the same experiment_id.",
  telemetry:
    "sample: What the board measures, sent by itself. seq counts the samples, so that a lost one is noticed.",
  info: "what the board is: What the board says of itself: its firmware, its channels and their units, what can be set.",
  "onboard_led/state": "the LED: Whether the LED is on, as the board says.",
};

const STATUS: Record<string, string> = {
  online: "board is here: The board is connected.",
  offline:
    "the board's will: The board's will: left with the broker when it connected, and published by the broker now that the board is gone. (A board that stops on purpose publishes it itself.)",
};

const SUBSCRIPTION =
  "subscription: This notebook asks the broker for all messages on this topic, and the broker answers with the QoS that it grants.";
const REFUSAL =
  "refused: This notebook asked for the messages on this topic, and the broker refused: this user may not read them.";
const UNKNOWN = ": A message on a topic of this board.";

/** What a described board's topics mean, by the kernel's own words. */
export type Meanings = Record<string, string> | undefined;

/** What may be typed into the filter: how topics of this board end. */
export function examples(meanings: Meanings): string {
  if (!meanings) return "cmd, ack";
  const ends = Object.keys(meanings).map((topic) => topic.split("/").filter(Boolean).at(-1) ?? topic);
  return visible([...new Set(ends)].slice(0, 2).join(", ")) || "part of a topic";
}

function meaningOf({ direction, topic, payload, granted }: Line, id: string, meanings: Meanings): string {
  if (direction === "subscribe") return granted === null ? REFUSAL : SUBSCRIPTION;
  if (meanings) return meanings[topic] ?? UNKNOWN;
  const name = topic.slice(id.length + 1);
  const told = name === "status" ? STATUS[payload] : (direction === "out" ? SENT : CAME)[name];
  return told ?? UNKNOWN;
}

/** What stands before the colon. */
export function gloss(line: Line, id: string, meanings?: Meanings): string {
  return plain(meaningOf(line, id, meanings).split(": ", 1)[0]);
}

/** What the line is, and what its QoS and its retain flag say. */
export function sentences(line: Line, id: string, meanings?: Meanings): string[] {
  const meaning = meaningOf(line, id, meanings);
  const found = [plain(meaning.slice(meaning.indexOf(": ") + 2)), qosSentence(line)];
  return line.retained ? [...found, RETAINED] : found;
}

const RETAINED =
  "Retained: the broker kept the last message of this topic and gave it to us when we subscribed. It may be old.";

const PROMISES = [
  "QoS 0, at most once: sent, and nobody asks whether it arrived.",
  "QoS 1, at least once: sent again until it is acknowledged (PUBACK), so it may arrive twice.",
  "QoS 2, exactly once: four packets (PUBLISH, PUBREC, PUBREL, PUBCOMP) make sure that it arrives once.",
];

function qosSentence({ direction, asked, granted }: Line): string {
  if (granted === null) return `QoS ${asked} was asked for.`;
  const promise = PROMISES[granted] ?? `QoS ${granted}.`;
  if (direction === "subscribe")
    return `QoS ${asked} asked, ${granted} granted: a message comes with the QoS of its sender, but never with more than ${granted}.`;
  if (direction === "in")
    return `${promise} That is the lower of what its sender used and of what our subscription was granted.`;
  return asked === granted ? promise : `QoS ${asked} was asked for, but this broker takes less. ${promise}`;
}

export function qosWord({ direction, asked, granted }: Line): string {
  if (granted === null) return `QoS ${asked} refused`;
  if (direction === "subscribe") return `QoS ${asked} asked, ${granted} granted`;
  return direction === "out" && asked !== granted ? `QoS ${granted}, ${asked} asked` : `QoS ${granted}`;
}
