// VS Code's webview: every output of a notebook in one page, with Microsoft's own widget manager.
//
// Its rules are read from microsoft/vscode-jupyter 2026.6.1 (here: "jupyter") and microsoft/vscode (here: "vscode").
// Left out: message hooks, by which an `ipywidgets.Output` takes what is printed.
import { ServerConnection } from "@jupyterlab/services";
import { KernelConnection } from "@jupyterlab/services/lib/kernel/default";
import THEMES from "./themes.json";

const WIDGET = "application/vnd.jupyter.widget-view+json";
const container = document.getElementById("container");
const editor = window.parent;
const tell = (type, payload) => editor.postMessage(JSON.stringify({ type, payload }), "*");

// vscode, webview/browser/pre/index.html: nothing in a webview finds its way out.
window.parent = window;
window.frameElement = null;
// jupyter, webview-side/ipywidgets/kernel/index.ts, hookWindowFunctions.
window.alert = () => {
  throw new Error("window.alert not supported in VS Code Renderers");
};
window.open = (url) => {
  if (!url) return null;
  tell("open", String(url));
  throw new Error("window.open not supported in VS Code Renderers");
};

// --- theme, downloads, keys -------------------------------------------------------------------------------------

/** vscode, webview/browser/pre/index.html, applyStyles. */
function dress(name) {
  const { body, documentElement: root } = document;
  for (const each of Object.keys(THEMES)) body.classList.remove(`vscode-${each}`);
  body.classList.add(`vscode-${name}`);
  if (name === "high-contrast-light") body.classList.add("vscode-high-contrast"); // "backwards compatibility"
  body.dataset.vscodeThemeKind = `vscode-${name}`;
  for (const property of [...root.style].filter((it) => it.startsWith("--vscode-"))) root.style.removeProperty(property);
  for (const [property, value] of Object.entries(THEMES[name])) root.style.setProperty(`--vscode-${property}`, value);
}

/** vscode, notebook/…/webviewPreloads.ts: a link that is clicked in the page is saved by the editor. */
document.body.addEventListener("click", async (event) => {
  const link = event.composedPath().find((it) => it instanceof HTMLAnchorElement && it.href);
  if (!link) return;
  event.preventDefault();
  const { href, download: name } = link;
  if (!/^(blob|data):/.test(href)) return;
  const reader = new FileReader();
  reader.onload = () => tell("saved", { name, data: reader.result });
  reader.readAsDataURL(await (await fetch(href)).blob());
});

/** vscode, webview/browser/pre/index.html, handleInnerKeydown: a key that gets so far is the editor's. */
window.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) =>
  tell("key", { key, ctrlKey, metaKey, altKey }),
);
new ResizeObserver(() => tell("dimension", container.offsetHeight)).observe(container);

// --- the kernel, by proxy -----------------------------------------------------------------------------------------

let kernel;
let manager;
let socket;
let muted = false;

/** jupyter, webview-side/ipywidgets/kernel/kernel.ts: a kernel's connection on a socket that leads to the editor. */
class ProxySocket {
  protocol = "";
  constructor() {
    socket = this;
  }
  close() {}
  send(data) {
    if (muted) return;
    if (typeof data === "string") tell("message", data);
    else tell("binary", [...new Uint8Array(data)]);
  }
}

function proxied(options) {
  const serverSettings = ServerConnection.makeSettings({ WebSocket: ProxySocket, wsUrl: "ws://nowhere" });
  const proxy = new KernelConnection({ ...options, serverSettings, handleComms: true });
  const register = proxy.registerCommTarget.bind(proxy);
  proxy.registerCommTarget = (name, call) => {
    tell("target", name);
    register(name, call);
  };
  // It would ask the kernel whether it is alive; by that it never learns of subshells either.
  const ask = proxy.requestKernelInfo;
  proxy.requestKernelInfo = () => Promise.resolve();
  socket.onopen({ target: socket });
  proxy.requestKernelInfo = ask;
  return proxy;
}

const deliver = (data) => socket?.onmessage?.({ target: socket, data, type: "" });

/** jupyter, kernel.ts, handleMirrorExecute: the same request on this side, for the sake of its future. */
function mirror(message) {
  muted = true;
  try {
    kernel?.sendShellMessage(message, false, message.content.silent);
  } finally {
    muted = false;
  }
  tell("received", message.header.msg_id);
}

// --- widgets ------------------------------------------------------------------------------------------------------

/** jupyter, …/localWidgetScriptSourceProvider.node.ts: where a widget's own `extension.js` says that its program is. */
const scriptLoader = {
  widgetsRegisteredInRequireJs: new Set(),
  errorHandler: (name, module, version, error) => console.error(`widget ${module}.${name} ${version}`, error),
  successHandler: () => {},
  async loadWidgetScript(module) {
    const entry = await (await fetch(`nbextensions/${module}/extension.js`)).text();
    const [, path] = entry.match(new RegExp(`${module}: "([^"]+)"`));
    requirejs.config({ paths: { [module]: new URL(path, location.href).href } });
    this.widgetsRegisteredInRequireJs.add(module);
  },
};

const displayed = new Map(); // model -> settled once the kernel's word of its display has been handled

function whenDisplayed(model) {
  if (!displayed.has(model)) displayed.set(model, Promise.withResolvers());
  return displayed.get(model);
}

/** jupyter, webview-side/ipywidgets/kernel/manager.ts. */
function begin(options) {
  kernel?.dispose();
  kernel = proxied(options);
  manager?.dispose();
  manager = new window.vscIPyWidgets.WidgetManager(kernel, undefined, scriptLoader, () => {});
  kernel.iopubMessage.connect(async (_, { content }) => {
    const model = content.data?.[WIDGET]?.model_id;
    if (model) manager.get_model(model).then(whenDisplayed(model).resolve, whenDisplayed(model).reject);
  });
}

function end() {
  manager?.dispose();
  kernel?.dispose();
  manager = kernel = socket = undefined;
}

async function showWidget({ model_id: id }, place) {
  place.className += " cell-output-ipywidget-background";
  const output = Object.assign(document.createElement("div"), { className: "cell-output cell-output" });
  const ground = Object.assign(document.createElement("div"), { className: "cell-output-ipywidget-background" });
  ground.append(output);
  place.replaceChildren(ground);
  await whenDisplayed(id).promise;
  const model = await manager.get_model(id);
  manager.display_view({}, await manager.create_view(model, { el: ground }), { node: ground });
}

function show({ cell, id, mime, value }) {
  const text = Array.isArray(value) ? value.join("") : value;
  const place = document.getElementById(id) ?? newPlace(cell, id);
  if (mime === WIDGET) showWidget(value, place);
  else if (mime === "text/html") place.innerHTML = text;
  else place.replaceChildren(Object.assign(document.createElement("pre"), { textContent: text }));
}

function newPlace(cell, id) {
  const name = `cell-${cell}`;
  const boxes = (of, className) => of.appendChild(Object.assign(document.createElement("div"), { className }));
  const holder = document.getElementById(name) ?? Object.assign(boxes(container, "cell_container"), { id: name });
  return Object.assign(boxes(boxes(holder, "output_container"), "output"), { id });
}

// --- what the editor says -----------------------------------------------------------------------------------------

const heard = {
  theme: dress,
  kernel: begin,
  restart: end,
  mirror,
  message: deliver,
  binary: (bytes) => deliver(new Uint8Array(bytes).buffer),
  output: show,
  clear: (id) => document.getElementById(id)?.parentElement.remove(), // its view stays, as there
};

import("./ipywidgets.js").then(({ activate }) => {
  activate();
  window.vscIPyWidgets8.load();
  window.addEventListener("message", ({ data }) => {
    if (typeof data !== "string") return;
    const { type, payload } = JSON.parse(data);
    heard[type](payload);
  });
  tell("ready");
});
