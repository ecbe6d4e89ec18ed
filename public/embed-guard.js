// A frame without an origin of its own (sandbox="allow-scripts") gets module scripts only from servers that send
// Access-Control-Allow-Origin. Where they do not come, the page says so instead of staying blank.
addEventListener(
  "error",
  ({ target }) => {
    if (target instanceof HTMLScriptElement) document.querySelector(".refused")?.removeAttribute("hidden");
  },
  true,
);
