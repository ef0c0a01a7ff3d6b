"use strict";
// Without scripts the whole table is there; with them it can be narrowed down.
const rows = [...document.querySelectorAll("#columns tbody tr")];
const find = document.getElementById("find");
const differing = document.getElementById("differing");
const filled = document.getElementById("filled");
const narrow = () => {
  const wanted = find.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    row.hidden =
      (differing.checked && !("differs" in row.dataset)) ||
      (filled.checked && !("filled" in row.dataset)) ||
      !row.textContent.toLowerCase().includes(wanted);
    shown += row.hidden ? 0 : 1;
  }
  document.getElementById("shown").textContent = `${shown} of ${rows.length} columns`;
};
for (const control of [find, differing, filled]) control.addEventListener("input", narrow);
document.getElementById("controls").hidden = false;
narrow();
