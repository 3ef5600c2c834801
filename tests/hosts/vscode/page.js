// VS Code's editor and its Jupyter extension's process: the notebook, and the only connection to the kernel.
//
// Its rules are read from microsoft/vscode-jupyter 2026.6.1 (here: "jupyter") and microsoft/vscode (here: "vscode").
import { KernelAPI, KernelMessage, ServerConnection } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import { deserialize } from "@jupyterlab/services/lib/kernel/serialize";

const WIDGET = "application/vnd.jupyter.widget-view+json";
const MIMES = [WIDGET, "text/html", "text/plain"]; // the richest first, as the editor chooses
const KEPT = "notebook"; // what a reload of the window brings back

const [{ type: opened }] = performance.getEntriesByType("navigation");
const kept = (opened === "reload" && sessionStorage.getItem(KEPT)) || "[]";
const notebook = JSON.parse(kept); // its outputs: { cell, id, data, display }
const known = new Set(); // models that this process has heard of: jupyter, rendererComms.ts
const waiting = new Map(); // mirrored requests by their id, until the webview has them
let kernel;
let usesWidgets = false;

/** What the tests read and do. */
window.vscode = { running: [], errors: [], saved: [], keys: [], opened: [], sent: [], run, interrupt, restart, theme };

// --- the webview ----------------------------------------------------------------------------------------------

const frame = document.createElement("iframe");
// vscode, webview/browser/pre/index.html: the sandbox and permissions of what shows the outputs. No full screen,
// no pop-ups, no ports. Its origin is another than the editor's.
frame.sandbox = "allow-same-origin allow-pointer-lock allow-scripts allow-downloads";
frame.allow = "cross-origin-isolated; autoplay; local-network-access; clipboard-read; clipboard-write;";
const query = new URLSearchParams(location.search);
frame.src = `http://localhost:${location.port}/static/frame${query.has("csp") ? "-csp" : ""}.html`;
document.body.append(frame);

/** All that goes between the two is JSON: extension host and webview are two processes. */
const tell = (type, payload) => frame.contentWindow.postMessage(JSON.stringify({ type, payload }), "*");

const heard = {
  async ready() {
    theme(query.get("theme") ?? "light");
    notebook.forEach(show);
    await connect(await KernelAPI.startNew({ name: "python3" }, settings));
  },
  dimension: (height) => (frame.style.height = `${height}px`),
  // jupyter, ipyWidgetMessageDispatcher.ts, sendPendingMessages: no word of a subshell.
  message(text) {
    window.vscode.sent.push(text);
    kernel.sendShellMessage(JSON.parse(text));
  },
  binary: (bytes) => kernel.sendShellMessage(deserialize(new Uint8Array(bytes).buffer)),
  received: (id) => waiting.get(id)?.(),
  target: (name) => kernel.registerCommTarget(name, () => {}), // the webview's manager is the one that acts
  saved: save,
  key: (it) => window.vscode.keys.push(it),
  open: (url) => window.vscode.opened.push(url),
};
window.addEventListener("message", ({ data }) => {
  if (typeof data !== "string") return;
  const { type, payload } = JSON.parse(data);
  heard[type](payload);
});

function theme(name) {
  document.body.style.background = { light: "#fff", dark: "#1f1f1f", "high-contrast": "#000" }[name] ?? "#fff";
  tell("theme", name);
}

/** Its dialogue says where to, and how it is called. */
function save({ name, data }) {
  window.vscode.saved.push(name);
  Object.assign(document.createElement("a"), { href: data, download: name }).click();
}

// --- the kernel -----------------------------------------------------------------------------------------------

/** jupyter, rawSocket.node.ts: no subprotocol, so JSON or, with buffers, bytes; the webview has it first, in order. */
class KernelSocket extends WebSocket {
  sending = Promise.resolve();
  constructor(url) {
    super(url);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") tell("message", data);
      else tell("binary", [...new Uint8Array(data)]); // jupyter, serializers.ts
    });
  }
  send(data) {
    this.sending = this.sending.then(() => mirror(data)).then(() => super.send(data));
  }
}

/** jupyter, ipyWidgetMessageDispatcher.ts, mirrorSend: a cell waits until the webview knows of it. */
async function mirror(data) {
  if (typeof data !== "string" || !data.includes("execute_request")) return;
  const message = JSON.parse(data);
  const arrived = new Promise((resolve) => waiting.set(message.header.msg_id, resolve));
  tell("mirror", message);
  if (usesWidgets) await arrived;
}

const settings = ServerConnection.makeSettings({ WebSocket: KernelSocket, baseUrl: location.origin });

async function connect(model) {
  kernel = new KernelConnection({ model, serverSettings: settings, handleComms: true });
  kernel.registerCommTarget("jupyter.widget", () => {});
  kernel.iopubMessage.connect((_, message) => track(message));
  tell("kernel", { clientId: kernel.clientId, username: kernel.username, model });
  await kernel.info;
  window.vscode.kernel = model.id;
}

function track({ header, content }) {
  if (header.msg_type === "comm_open") known.add(content.comm_id);
  const model = content.data?.[WIDGET]?.model_id;
  if (model) known.add(model);
  usesWidgets ||= Boolean(model) || header.msg_type === "comm_open";
}

function interrupt() {
  return kernel.interrupt();
}

/** jupyter, session restart: another process, another connection; the webview puts its manager away. */
async function restart() {
  const { id } = kernel.model;
  known.clear();
  window.vscode.running.length = 0;
  tell("restart");
  window.vscode.kernel = null;
  kernel.dispose();
  await KernelAPI.shutdownKernel(id, settings);
  await connect(await KernelAPI.startNew({ name: "python3" }, settings));
}

// --- the notebook ---------------------------------------------------------------------------------------------

function run(cell, code) {
  for (const output of notebook.filter((it) => it.cell === cell)) tell("clear", output.id);
  notebook.splice(0, notebook.length, ...notebook.filter((it) => it.cell !== cell));
  const future = kernel.requestExecute({ code, allow_stdin: false }, false); // what comes later is shown as well
  future.onIOPub = (message) => take(cell, message);
  window.vscode.running.push(cell);
  future.done.then(() => window.vscode.running.splice(window.vscode.running.indexOf(cell), 1));
}

function take(cell, message) {
  const { content } = message;
  const display = content.transient?.display_id;
  if (KernelMessage.isUpdateDisplayDataMsg(message)) {
    for (const output of notebook.filter((it) => it.display === display)) put(output, content.data);
  } else if (KernelMessage.isStreamMsg(message)) add(cell, { "text/plain": content.text });
  else if (KernelMessage.isErrorMsg(message)) {
    window.vscode.errors.push(content.evalue);
    add(cell, { "text/plain": `${content.ename}: ${content.evalue}` });
  } else if (KernelMessage.isDisplayDataMsg(message) || KernelMessage.isExecuteResultMsg(message))
    add(cell, content.data, display);
}

function add(cell, data, display) {
  const output = { cell, id: crypto.randomUUID(), display };
  notebook.push(output);
  put(output, data);
}

function put(output, data) {
  output.data = data;
  sessionStorage.setItem(KEPT, JSON.stringify(notebook));
  show(output);
}

/** jupyter, renderer/index.ts: a model that this process never heard of falls back to the next kind of its output. */
function show({ cell, id, data }) {
  const can = (mime) => mime in data && (mime !== WIDGET || known.has(data[mime].model_id));
  const mime = MIMES.find(can);
  if (mime) tell("output", { cell, id, mime, value: data[mime] });
}
