// Before anything is drawn: the colours that this person chose on this machine.
(function () {
  "use strict";
  const kept = localStorage.getItem("theme");
  if (kept) document.documentElement.dataset.theme = kept;
})();
