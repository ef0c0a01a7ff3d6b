"use strict";
// "Show more" opens the details that its link names.
for (const link of document.querySelectorAll("[data-toggle=collapse]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(link.getAttribute("href").slice(1)).classList.toggle("show");
  });
}
// The suite is a file of the repository, not a page beside this one.
for (const link of document.querySelectorAll('a[href*="expectations/"]')) {
  link.replaceWith(link.textContent);
}
// A row that was met, and a section in which all were, can be hidden.
for (const mark of document.querySelectorAll(".hide-succeeded-validation-target-child")) {
  mark.parentElement.classList.add("met");
}
for (const row of document.querySelectorAll(".hide-succeeded-validation-target")) {
  row.classList.add("met");
}
for (const mark of document.querySelectorAll(".hide-succeeded-validations-column-section-target-child")) {
  const section = mark.parentElement.parentElement;
  section.classList.add("met");
  document.querySelector(`.contents a[href="#${section.id}"]`)?.parentElement.classList.add("met");
}
document.getElementById("failed-only").addEventListener("change", (event) => {
  document.body.classList.toggle("failed-only", event.target.checked);
});
