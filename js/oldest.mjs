/**
 * The oldest browsers that are promised (`oldest.json`), and what a program or a sheet uses that one of them
 * lacks, by MDN's data. Syntax is the build's affair, which writes it for these browsers.
 */
import { readFileSync } from "node:fs";
import bcd from "@mdn/browser-compat-data/forLegacyNode";
import { parse } from "acorn";
import { full } from "acorn-walk";
import * as css from "css-tree";

export { bcd };
export const OLDEST = JSON.parse(readFileSync(new URL("oldest.json", import.meta.url)));

/** As esbuild wants to be told of them. */
export const TARGET = Object.entries(OLDEST).map(([name, version]) => name + version);

/** As a person is told of them. */
export const NAMES = `Chrome or Edge ${OLDEST.chrome}, Firefox ${OLDEST.firefox}, Safari ${OLDEST.safari}`;

/** Phones' browsers have the numbers of their elders. */
const PHONES = { chrome: "chrome_android", firefox: "firefox_android", safari: "safari_ios" };
const PROMISED = Object.entries(OLDEST).flatMap(([name, version]) =>
  [name, PHONES[name]].filter(Boolean).map((each) => [each, version]),
);

/** What is asked for before it is used, or only looks like the browser's own; and what a sheet can do without. */
const HARMLESS = new Set([
  ...["toWellFormed", "maxHeight", "maxWidth", "setViewport", "eye"], // Plotly
  ...["createPolicy", "emptyScript"], // lit
  ...["serial", "requestPort", "showDirectoryPicker", "createWritable", "address"], // the card asks for Web Serial
  ...["content-visibility", "contain-intrinsic-height", "contain-intrinsic-size"], // a thousand lines take longer
  ...["field-sizing", "resize"], // what is to be copied is scrolled
  "contain-intrinsic-inline-size", // a panel in a row of widgets is narrow
  "ClipboardItem", // a picture is saved, not copied
  "forced-color-adjust", // where no colours are forced
]);

const isAtMost = (one, other) => {
  const [a, b] = [one, other].map((it) => it.replace("≤", "").split(".").map(Number));
  return a[0] !== b[0] ? a[0] < b[0] : (a[1] ?? 0) <= (b[1] ?? 0);
};

/** The promised browsers that lack a feature. */
export function lacking({ __compat: { support } }, prefixes = []) {
  const has = (version) => (it) =>
    !(it.flags || it.alternative_name || (it.prefix && !prefixes.includes(it.prefix))) &&
    typeof it.version_added === "string" &&
    it.version_added !== "preview" &&
    isAtMost(it.version_added, version);
  const lacks = ([name, version]) => ![support[name] ?? []].flat().some(has(version));
  return PROMISED.filter(lacks).map(([name]) => name);
}

/** All features of some interfaces' members, by name. */
function membersOf(interfaces) {
  const members = new Map();
  for (const [key, feature] of interfaces.flatMap(Object.entries)) {
    const name = key.replace(/_static$/, "");
    if (feature.__compat) members.set(name, [...(members.get(name) ?? []), feature]);
  }
  return members;
}

const { api, css: ofCss, javascript } = bcd;
const GLOBALS = membersOf([api, javascript.builtins]);
const MEMBERS = membersOf([...Object.values(api), ...Object.values(javascript.builtins)]);

/** A name is too new if whatever has it is. */
function missing(name, features = [], prefixes = []) {
  const each = HARMLESS.has(name) ? [] : features.map((it) => lacking(it, prefixes));
  return each.length && each.every((it) => it.length) ? [`${name} (not in ${each[0].join(", ")})`] : [];
}

/** What a program reads of the browser that a promised one lacks; what it defines itself is its own. */
export function newInProgram(code) {
  const [globals, declared, members, own] = Array.from({ length: 4 }, () => new Set());
  full(parse(code, { ecmaVersion: "latest", sourceType: "module" }), (node, _, type) => {
    if (type === "Identifier") globals.add(node.name);
    if (type === "VariablePattern") declared.add(node.name);
    if (node.id?.name) declared.add(node.id.name);
    if (node.computed) return;
    if (type === "MemberExpression") members.add(node.property.name);
    if (node.left?.property && !node.left.computed) own.add(node.left.property.name);
    if (node.key) own.add(node.key.name ?? node.key.value);
  });
  return [
    ...[...globals].filter((it) => !declared.has(it)).flatMap((it) => missing(it, GLOBALS.get(it))),
    ...[...members].filter((it) => !own.has(it)).flatMap((it) => missing(it, MEMBERS.get(it))),
  ];
}

/** A function of CSS, wherever the data have it. */
function functions(types, name) {
  return Object.entries(types).flatMap(([key, it]) =>
    key === "__compat" ? [] : [...(key === name ? [it] : []), ...functions(it, name)],
  );
}

/** What a sheet says that a promised browser does not know, but for what stands in `@supports`. */
export function newInSheet(sheet) {
  const { properties, selectors, types, "at-rules": rules } = ofCss;
  const found = new Map();
  const said = new Set();
  const look = (name, ...features) => found.set(name, features.filter(Boolean));
  css.walk(css.parse(sheet), ({ type, name, property }) => {
    if (name === "supports") return css.walk.skip;
    if (type === "Declaration") look(property, properties[property]);
    if (type === "Declaration") said.add(property);
    if (type === "Function") look(`${name}()`, ...functions(types, name));
    if (/^Pseudo/.test(type)) look(`:${name}`, selectors[name]);
    if (type === "Atrule") look(`@${name}`, rules[name]);
    if (type === "Feature") look(`(${name})`, rules.media[name], rules.container[name]);
  });
  const prefixes = (name) => ["-webkit-", "-moz-"].filter((it) => said.has(it + name));
  return [...found].flatMap(([name, features]) => missing(name, features, prefixes(name)));
}
