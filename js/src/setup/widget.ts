/** The set-up card's app, and its only module that touches the model. */
import type { CardState, CardToKernel, ImageNews, PlanNews } from "../contract";
import { type HostModel, LINE_CUT, listen, quietly, type Widget } from "../page/host";
import { Card } from "./card";

export function open(model: HostModel): Widget {
  const cards = new Set<Card>();
  const state = () => model.get("_state") as CardState;
  const tell = (message: CardToKernel) => quietly(() => model.send(message), cut);
  const changed = () => {
    for (const card of cards) card.changed(state());
  };
  const cut = () => {
    for (const card of cards) card.cut();
  };
  const heard = (message: PlanNews | ImageNews | null, buffers: DataView[]) => {
    const data = buffers.map(bytesOf);
    if (message?.type === "micropython")
      for (const card of cards) card.takeImage(message, data[0] ?? new Uint8Array());
    if (message?.type !== "plan") return;
    const files = message.files.map((name, nth): [string, Uint8Array] => [name, data[nth]]);
    for (const card of cards) card.takePlan({ ...message, files });
  };
  const deafen = listen(model, { "change:_state": changed, "msg:custom": heard, [LINE_CUT]: cut });
  return {
    show(el) {
      const card = new Card(el, state(), tell);
      cards.add(card);
      return () => {
        cards.delete(card);
        card.close();
      };
    },
    close() {
      deafen();
      for (const card of cards) card.close();
    },
  };
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
