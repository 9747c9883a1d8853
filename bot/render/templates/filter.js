// Filters the list as one types. Without it the form asks the server, which gives the same answer.
"use strict";

const form = document.querySelector("form");
const count = document.querySelector(".count b");
const sections = [...document.querySelectorAll("section")];

function filter() {
  const words = form.q.value.toLowerCase().split(/\s+/).filter(Boolean);
  const area = form.area.value;
  let shown = 0;
  for (const section of sections) {
    let left = 0;
    for (const row of section.querySelectorAll("li")) {
      row.hidden = !words.every((word) => row.dataset.words.includes(word));
      left += row.hidden ? 0 : 1;
    }
    section.hidden = left === 0 || (area !== "" && area !== section.id);
    shown += section.hidden ? 0 : left;
  }
  count.textContent = shown;
}

// A list that the server has filtered can not be widened here.
if ("whole" in form.dataset) {
  form.hidden = false;
  form.querySelector("button").hidden = true;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}
