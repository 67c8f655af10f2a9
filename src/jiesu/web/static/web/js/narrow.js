// On a narrow screen some rows are longer than the page: the tab that is open and the newest days are brought into sight.
for (const open of document.querySelectorAll(".tabs [aria-current], .units [aria-current]")) {
  const row = open.parentElement;
  row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
}
for (const days of document.querySelectorAll(".days")) days.scrollLeft = days.scrollWidth;
