/** How the page that works at a board is made and opened, and heard. */

import program from "program:./page";
import { AWAY, LINE, type Task } from "./task";

const NAME = "picopanel-setup"; // of its window: there is one
const LOADED_WITHIN = 60_000;
const HEAD = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Set up a board</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<style>body { max-width: 640px; margin: 24px auto; padding: 0 12px; font: 15px system-ui, sans-serif }</style>`;
const WAIT = `${HEAD}<p>One moment: the board's files are fetched, and the broker is checked.</p>`;

/** Whether a page of this frame's could ask for a port; if not, why. */
export function obstacle(): string | null {
  // On every page of outputs, in a browser's VS Code as well, whose pages come over https.
  if ("vscodeThemeKind" in document.body.dataset) return "VS Code lets no cell open a page";
  if (window.origin === "null") return "this host lets no cell open a page that may ask for a port";
  if (!window.isSecureContext) return "this page did not come over https";
  return "serial" in navigator ? null : "this browser has no Web Serial: Chrome and Edge have";
}

/** Opens a page that waits for its task, within a click; null where the browser allows none or gives no hold of it. */
export function openPage(): Window | null {
  const page = window.open("", NAME);
  if (!page) return null;
  page.dispatchEvent(new Event(AWAY)); // its program would run on, and keep the port
  write(page, WAIT);
  return page;
}

/** Gives a page its task, and back the line on which it tells of its work; the host hears nothing of that. */
export function handOver(page: Window, task: Task): MessagePort {
  write(page, pageOf(task));
  page.focus();
  const { port1, port2 } = new MessageChannel();
  page.postMessage(LINE, window.origin, [port2]);
  return port1;
}

/** Opens a page that has its task, within a click: the way without a hold of it. It cannot tell the card anything. */
export function openWith(task: Task): void {
  const address = URL.createObjectURL(new Blob([pageOf(task)], { type: "text/html" }));
  window.open(address);
  setTimeout(() => URL.revokeObjectURL(address), LOADED_WITHIN); // it has passwords
}

/** Opens a page that reads what a board prints, within a click. */
export function openToRead(id: string): void {
  openWith({ id, steps: [], plan: null, wifi: { SSID: "", PASSWORD: "" } });
}

function write(page: Window, text: string): void {
  page.document.open();
  page.document.write(text);
  page.document.close();
}

function pageOf(task: Task): string {
  const files = task.plan?.files.map(([name, data]) => [name, base64(data)]);
  const told = JSON.stringify({ ...task, plan: task.plan && { ...task.plan, files } });
  return `${HEAD}<body><script type="application/json" id="task">${told.replaceAll("<", "\\u003c")}</script><script>${program}</script>`;
}

function base64(data: Uint8Array): string {
  return btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
}
