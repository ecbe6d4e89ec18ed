// Says why a frame stays blank. In the language that the oldest browsers read, since to them it speaks:
// a frame without an origin of its own (sandbox="allow-scripts") gets module scripts only from servers that send
// Access-Control-Allow-Origin; and browsers that know no modules, or not what these are written in, run none of them.
(function () {
  function show(name) {
    var line = document.querySelector("." + name);
    if (line) line.removeAttribute("hidden");
  }
  if (!("noModule" in document.createElement("script"))) show("too-old");
  addEventListener(
    "error",
    function (event) {
      if (event.target instanceof HTMLScriptElement) show("refused");
      else if (event.error instanceof SyntaxError) show("too-old");
    },
    true
  );
})();
