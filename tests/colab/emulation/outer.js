// The notebook page: keeps every widget's state, and shows each cell's output in a sandboxed frame of its own.
const NETWORK = Number(new URLSearchParams(location.search).get("network"));
const VIEW = "application/vnd.jupyter.widget-view+json";

const socket = new WebSocket(`ws://${location.host}/socket`);
const opened = new Promise((open) => socket.addEventListener("open", open));
const models = new Map(); // comm id -> { state, buffers }: all that a frame builds its models from
const frames = new Map(); // frame's window -> its facts, for the test to read
const cells = new Map(); // request -> when it was sent
window.colab = { frames, cells, bytes: 0 };

const later = (call) => setTimeout(call, NETWORK);
const tell = (message) => later(() => opened.then(() => socket.send(JSON.stringify(message))));

window.colab.run = (cell, code) => {
  cells.set(cell, performance.now());
  tell({ cell, code });
};

socket.onmessage = ({ data }) => {
  window.colab.bytes += data.length;
  later(() => hear(JSON.parse(data)));
};

function hear({ kind, cell, content, buffers }) {
  if (kind === "comm_open") models.set(content.comm_id, { state: content.data.state, buffers: paths(content, buffers) });
  else if (kind === "comm_msg") message(content, buffers);
  else if (content.data?.[VIEW]) show(cell, content.data[VIEW].model_id);
}

function message(content, buffers) {
  if (content.data.method === "update") {
    const model = models.get(content.comm_id);
    Object.assign(model.state, content.data.state);
    Object.assign(model.buffers, paths(content, buffers));
  }
  for (const frame of frames.keys()) frame.postMessage({ kind: "message", content, buffers }, "*");
}

function paths(content, buffers) {
  return Object.fromEntries((content.data.buffer_paths ?? []).map((path, nth) => [path[0], buffers[nth]]));
}

// Both as googlecolab/colabtools#240 and #1331 quote them from Colab's page; so no clipboard, no full screen, no port.
const SANDBOX = "downloads forms pointer-lock popups popups-to-escape-sandbox same-origin scripts";
const ALLOWED = "autoplay; camera; microphone; xr-spatial-tracking";

function show(cell, model) {
  const frame = document.createElement("iframe");
  frame.sandbox = SANDBOX.replace(/\S+/g, "allow-$&");
  frame.allow = ALLOWED;
  frame.src = `http://localhost:${location.port}/frame.html?model=${model}`; // Colab's has an origin of its own, too
  frame.name = cell;
  document.body.append(frame);
  frames.set(frame.contentWindow, { cell, asked: [], lags: [], clicks: [] });
}

const frameOf = (cell) => document.querySelector(`iframe[name="${cell}"]`);

window.addEventListener("message", ({ source, data }) => {
  const facts = frames.get(source);
  if (data.kind === "model") source.postMessage({ kind: "model", id: data.id, ...models.get(data.id) }, "*");
  else if (data.kind === "height") frameOf(facts.cell).style.height = `${data.height}px`;
  else if (data.kind === "drawn") facts.drawn ??= performance.now() - cells.get(facts.cell);
  else if (data.kind === "lag") facts.lags.push(data.lag);
  else if (data.kind === "click") facts.clicks.push(data.took);
  else {
    if (data.content?.type === "ask") facts.asked.push(performance.now());
    tell(data);
  }
});
