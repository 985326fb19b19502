"use strict";
/*
 * Keeps the shell of the portal: hashed static files and one anonymous page for writing without a
 * connection. No page of a person ever enters Cache Storage, and nothing but GET is touched.
 */
const APP = "manabinowa";
const SHELL = `shell-${new URL(location.href).searchParams.get("v")}`;
const PATIENCE_MS = 6000;

async function fill() {
  const cache = await caches.open(SHELL);
  const list = await fetchOurs("/static-manifest.json");
  const { files } = await list.json();
  await Promise.all(["/offline", ...files].map(async (url) => cache.put(url, await fetchOurs(url))));
  await self.skipWaiting();
}

/** Without cookies, and never the page that a web filter answers in our place. */
async function fetchOurs(url) {
  const response = await fetch(new Request(url, { credentials: "omit" }));
  const type = response.headers.get("Content-Type") ?? "";
  const marked = response.headers.get("X-App") === APP;
  if (!response.ok || response.redirected || (!marked && type.startsWith("text/html"))) {
    throw new Error(`${url}: ${response.status}`);
  }
  return response;
}

async function clear() {
  for (const name of await caches.keys()) {
    if (name !== SHELL) await caches.delete(name);
  }
  await self.clients.claim();
}

async function fromShell(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function page(request) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE_MS);
  try {
    return await fetch(request, { signal: control.signal });
  } catch {
    return (await caches.match("/offline")) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

async function nudge() {
  const windows = await self.clients.matchAll({ type: "window" });
  for (const one of windows) one.postMessage("outbox");
  // Only a page holds the key: the browser asks again later.
  if (!windows.length) throw new Error("no open page");
}

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(clear()));
self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(nudge());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fromShell(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
