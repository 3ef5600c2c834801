// Run in every page before its own programs: `navigator.serial` whose ports are in another process.
// What it refuses, and in which words, is Chromium's, from its source; each function names the file.
// tests/browser/test_serial_page.py holds it to that.
((BRIDGE) => {
  if (!isSecureContext || Object.hasOwn(Navigator.prototype, "standIn")) return;
  Navigator.prototype.standIn = true;
  const { eventCounts } = performance; // a test's own clock may come later, without them

  const refuse = (name, where, what) => {
    throw new DOMException(`Failed to execute ${where}: ${what}`, name);
  };
  const wrong = (where, what) => {
    throw new TypeError(`Failed to execute ${where}: ${what}`);
  };
  const lost = () => new DOMException("The device has been lost.", "NetworkError");
  // A port is granted to the page at the top.
  const top = () => [...location.ancestorOrigins].pop() ?? origin;

  // third_party/blink/renderer/modules/serial/serial.cc: ShouldBlockSerialServiceCall
  function allowed(where) {
    if (top() === "null")
      refuse(
        "SecurityError",
        where,
        "Access to the Web Serial API is denied from contexts where the top-level document has an opaque origin.",
      );
    if (!document.featurePolicy.allowsFeature("serial"))
      refuse(
        "SecurityError",
        where,
        'Access to the feature "serial" is disallowed by permissions policy.',
      );
  }

  // The same file: CreateMojoFilter, without Bluetooth.
  function checked(filter) {
    const where = "'requestPort' on 'Serial'";
    if ("usbProductId" in filter && !("usbVendorId" in filter))
      wrong(where, "A filter containing a usbProductId must also specify a usbVendorId.");
    if (!("usbVendorId" in filter)) wrong(where, "A filter must provide a property to filter by.");
    return filter;
  }

  class Serial extends EventTarget {
    #ports = new Map();
    #asked = new Map();
    #service;
    #numbers = 0;
    #spent;

    async getPorts() {
      allowed("'getPorts' on 'Serial'");
      return (await this.ask("ports")).map((it) => this.#port(it));
    }

    async requestPort(options = {}) {
      const where = "'requestPort' on 'Serial'";
      allowed(where);
      if (!navigator.userActivation.isActive)
        refuse("SecurityError", where, "Must be handling a user gesture to show a permission request.");
      const filters = (options.filters ?? []).map(checked);
      // content/browser/serial/serial_service.cc: one click asks once.
      const click = ["pointerdown", "keydown"].map((event) => eventCounts.get(event)).join();
      const asked = click === this.#spent ? null : this.ask("choose", { filters });
      this.#spent = click;
      const port = await asked;
      if (!port) refuse("NotFoundError", where, "No port selected by the user.");
      return this.#port(port);
    }

    addEventListener(...how) {
      super.addEventListener(...how);
      this.#open();
    }

    async ask(what, more = {}) {
      const service = await this.#open();
      const number = this.#numbers++;
      service.send(JSON.stringify({ number, what, origin: top(), ...more }));
      return new Promise((tell) => this.#asked.set(number, tell));
    }

    #open() {
      this.#service ??= new Promise((tell) => {
        const service = new WebSocket(`${BRIDGE}/service`);
        service.onopen = () => {
          service.send(JSON.stringify({ what: "hello", origin: top() }));
          tell(service);
        };
        service.onmessage = (message) => this.#hear(JSON.parse(message.data));
      });
      return this.#service;
    }

    #hear({ number, said, event }) {
      if (event) return this.#port(said).happened(event);
      this.#asked.get(number)?.(said);
      this.#asked.delete(number);
    }

    #port(info) {
      if (!this.#ports.has(info.token)) this.#ports.set(info.token, new SerialPort(this, info));
      return this.#ports.get(info.token);
    }
  }

  // third_party/blink/renderer/modules/serial/serial_port.cc
  class SerialPort extends EventTarget {
    #serial;
    #info;
    #wire = null; // while it is open
    #opening = false;
    #closing = false;
    #size = 255;
    connected = true;

    constructor(serial, info) {
      super();
      this.#serial = serial;
      this.#info = info;
    }

    getInfo() {
      return { ...this.#info.usb };
    }

    async open(options = {}) {
      const where = "'open' on 'SerialPort'";
      if (options.baudRate === undefined)
        wrong(where, "Failed to read the 'baudRate' property from 'SerialOptions': Required member is undefined.");
      if (this.#opening) refuse("InvalidStateError", where, "A call to open() is already in progress.");
      if (this.#wire) refuse("InvalidStateError", where, "The port is already open.");
      if (options.baudRate === 0) wrong(where, "Requested baud rate must be greater than zero.");
      if (options.bufferSize === 0)
        wrong(where, "Requested buffer size (0 bytes) must be greater than zero.");
      this.#size = options.bufferSize ?? 255;
      this.#opening = true;
      const wire = new Wire(this.#info.token);
      const opened = await wire.opened;
      this.#opening = false;
      if (!opened) refuse("NetworkError", where, "Failed to open serial port.");
      this.#wire = wire;
    }

    get readable() {
      const wire = this.#wire;
      if (!wire || (!wire.source && (this.#closing || wire.lost))) return null;
      wire.source ??= new Source(wire, this.#size);
      return wire.source.stream;
    }

    get writable() {
      const wire = this.#wire;
      if (!wire || (!wire.sink && (this.#closing || wire.unsent))) return null;
      wire.sink ??= new Sink(wire, this.#size);
      return wire.sink.stream;
    }

    async setSignals(signals = {}) {
      const where = "'setSignals' on 'SerialPort'";
      if (!this.#wire) refuse("InvalidStateError", where, "The port is closed.");
      if (!Object.keys(signals).length) wrong(where, "Signals dictionary must contain at least one member.");
      // A pseudo-terminal has no such lines.
      refuse("NetworkError", where, "Failed to set control signals.");
    }

    async getSignals() {
      const where = "'getSignals' on 'SerialPort'";
      if (!this.#wire) refuse("InvalidStateError", where, "The port is closed.");
      refuse("NetworkError", where, "Failed to get control signals.");
    }

    async close() {
      const where = "'close' on 'SerialPort'";
      if (!this.#wire) refuse("InvalidStateError", where, "The port is already closed.");
      if (this.#closing) refuse("InvalidStateError", where, "A call to close() is already in progress.");
      const { source, sink } = this.#wire;
      if (source?.stream.locked) wrong(where, "Cannot cancel a locked stream");
      this.#closing = true;
      const ends = [source?.stream.cancel()];
      if (sink?.stream.locked) {
        this.#closing = false;
        wrong(where, "Cannot abort a locked stream");
      }
      ends.push(sink?.stream.abort(new DOMException("The port is closed.", "InvalidStateError")));
      await Promise.allSettled(ends);
      await this.#wire.close();
      this.#wire = null;
      this.#closing = false;
    }

    async forget() {
      await this.#serial.ask("forget", { token: this.#info.token });
    }

    // DispatchEventInternal: it bubbles to `navigator.serial`.
    happened(type) {
      this.connected = type === "connect";
      this.dispatchEvent(new Event(type, { bubbles: true }));
      const event = new Event(type, { bubbles: true });
      Object.defineProperty(event, "target", { value: this });
      this.#serial.dispatchEvent(event);
    }
  }

  // services/device/serial/serial_port_impl.cc: what comes and goes while one port is open.
  class Wire {
    lost = false; // nothing comes any more
    unsent = false; // and nothing goes: something was sent in vain
    source = null;
    sink = null;
    #socket;
    #answers = [];

    constructor(token) {
      this.#socket = new WebSocket(`${BRIDGE}/port/${token}`);
      this.#socket.binaryType = "arraybuffer";
      this.opened = this.#answer();
      this.closed = new Promise((tell) => {
        this.#socket.onclose = () => {
          for (const answer of this.#answers.splice(0)) answer(false);
          tell();
        };
      });
      this.#socket.onmessage = ({ data }) => this.#hear(data);
    }

    send(data) {
      this.#socket.send(data);
    }

    ask(what) {
      this.send(what);
      return this.#answer();
    }

    close() {
      this.#socket.close();
      return this.closed;
    }

    #answer() {
      return new Promise((tell) => this.#answers.push(tell));
    }

    #hear(data) {
      if (typeof data !== "string") return this.source?.take(new Uint8Array(data));
      const [what, count] = data.split(" ");
      if (what === "wrote") return this.sink?.gone(Number(count));
      if (what === "yes" || what === "no") return this.#answers.shift()(what === "yes");
      this[what] = true; // "lost" or "unsent"
      if (what === "lost") this.source?.hand();
      else this.sink?.fail();
    }
  }

  // serial_port_underlying_source.cc: a pipe of `size` bytes is filled whether the page reads or not.
  class Source {
    #wire;
    #pipe = [];
    #wanted = false;
    #controller;

    constructor(wire, size) {
      this.#wire = wire;
      this.stream = new ReadableStream({
        type: "bytes",
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#wanted = true;
          this.hand();
        },
        cancel: () => {
          wire.source = null;
          return wire.ask("flush in");
        },
      });
      wire.send(`want ${size}`);
    }

    take(chunk) {
      this.#pipe.push(chunk);
      this.hand();
    }

    hand() {
      if (this.#wanted && this.#pipe.length) {
        this.#wanted = false;
        const chunk = this.#pipe.shift();
        this.#wire.send(`want ${chunk.length}`);
        this.#controller.enqueue(chunk);
      } else if (this.#wire.lost && !this.#pipe.length) {
        this.#wire.source = null;
        this.#controller.error(lost());
      }
    }
  }

  // serial_port_underlying_sink.cc: a write has been done when all of it is in a pipe of `size` bytes.
  class Sink {
    #wire;
    #room;
    #more = null; // while a write waits for room
    #controller;

    constructor(wire, size) {
      this.#wire = wire;
      this.#room = size;
      this.stream = new WritableStream({
        start: (controller) => {
          this.#controller = controller;
        },
        write: (chunk, { signal }) => this.#write(chunk, signal),
        close: () => this.#end("drain"),
        abort: () => this.#end("flush out"),
      });
    }

    gone(count) {
      this.#room += count;
      this.#more?.();
    }

    fail() {
      this.#wire.sink = null;
      if (this.#more) this.#more();
      else this.#controller.error(lost());
    }

    async #write(chunk, signal) {
      if (!ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer))
        throw new TypeError("The provided value is not of type '(ArrayBuffer or ArrayBufferView)'.");
      const data = new Uint8Array(chunk.buffer ?? chunk, chunk.byteOffset ?? 0, chunk.byteLength);
      for (let sent = 0; ; ) {
        const part = data.slice(sent, sent + this.#room);
        if (part.length) this.#wire.send(part);
        this.#room -= part.length;
        sent += part.length;
        if (sent === data.length) return;
        await new Promise((tell) => {
          this.#more = tell;
          signal.onabort = tell;
        });
        this.#more = null;
        if (signal.aborted) throw signal.reason;
        if (this.#wire.unsent) throw lost();
      }
    }

    #end(how) {
      this.#wire.sink = null;
      return this.#wire.ask(how);
    }
  }

  Object.defineProperty(Navigator.prototype, "serial", { value: new Serial() });
  Object.assign(window, { Serial, SerialPort });
})("%BRIDGE%");
