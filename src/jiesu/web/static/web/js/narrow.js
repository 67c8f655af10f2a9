// On a narrow screen a row of tabs is longer than the page: the one that is open is brought into sight.
for (const open of document.querySelectorAll(".tabs [aria-current], .units [aria-current]")) {
  const row = open.parentElement;
  row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
}
