// The notebook page: keeps every widget's state, and shows each cell's output in a sandboxed frame of its own.
const NETWORK = Number(new URLSearchParams(location.search).get("network"));
const VIEW = "application/vnd.jupyter.widget-view+json";

const socket = new WebSocket(`ws://${location.host}/socket`);
const models = new Map(); // comm id -> { state, buffers }: all that a frame builds its models from
const frames = new Map(); // frame's window -> its facts, for the test to read
const cells = new Map(); // request -> when it was sent
window.colab = { frames, cells, bytes: 0 };

const later = (call) => setTimeout(call, NETWORK);

window.colab.run = (cell, code) => {
  cells.set(cell, performance.now());
  later(() => socket.send(JSON.stringify({ cell, code })));
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

function show(cell, model) {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts allow-downloads allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
  frame.src = `http://localhost:${location.port}/frame.html?model=${model}`; // Colab's has an origin of its own, too
  frame.name = cell;
  document.body.append(frame);
  frames.set(frame.contentWindow, { cell, asked: [], lags: [], clicks: [] });
}

window.addEventListener("message", ({ source, data }) => {
  const facts = frames.get(source);
  if (data.kind === "model") source.postMessage({ kind: "model", id: data.id, ...models.get(data.id) }, "*");
  else if (data.kind === "drawn") facts.drawn ??= performance.now() - cells.get(facts.cell);
  else if (data.kind === "lag") facts.lags.push(data.lag);
  else if (data.kind === "click") facts.clicks.push(data.took);
  else {
    if (data.content?.type === "ask") facts.asked.push(performance.now());
    later(() => socket.send(JSON.stringify(data)));
  }
});
