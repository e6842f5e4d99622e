"use strict";
// Long tables can be sorted by any column and filtered. Without this script they are read as they stand.
(() => {
  const words = document.body.dataset;
  const tables = [...document.querySelectorAll("table.sortable")];
  const cell = (row, place) => row.cells[place];
  const key = (row, place) => {
    const said = cell(row, place).querySelector("[data-sort]");
    return said ? said.dataset.sort : cell(row, place).textContent.trim();
  };
  const compare = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    const numbers = [Number(a), Number(b)];
    return numbers.some(Number.isNaN) ? a.localeCompare(b, document.documentElement.lang) : numbers[0] - numbers[1];
  };
  const sort = (table, place, button) => {
    const head = table.tHead.rows[0].cells;
    const down = head[place].getAttribute("aria-sort") === "ascending";
    for (const each of head) each.removeAttribute("aria-sort");
    head[place].setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows];
    const sign = (a, b) => (down && key(a, place) !== "" && key(b, place) !== "" ? -1 : 1);
    rows.sort((a, b) => sign(a, b) * compare(key(a, place), key(b, place)));
    table.tBodies[0].append(...rows);
    button.focus();
  };
  const filter = (table, wanted, count) => {
    const rows = [...table.tBodies[0].rows];
    const holds = (each) => each.textContent.toLowerCase().includes(wanted);
    for (const row of rows) row.hidden = ![...row.cells].some(holds);
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = wanted ? words.shown.replace("{shown}", shown).replace("{all}", rows.length) : "";
  };
  const named = (table) => (table.caption ? table.caption.textContent : "");
  tables.forEach((table) => {
    [...table.tHead.rows[0].cells].forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.title = words.sort.replace("{column}", button.textContent);
      button.addEventListener("click", () => sort(table, place, button));
      head.append(button);
    });
    const bar = document.createElement("p");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const count = document.createElement("span");
    bar.className = "filter";
    input.type = "search";
    input.setAttribute("aria-label", `${words.filter}: ${named(table)}`);
    input.placeholder = words.filter;
    count.setAttribute("role", "status");
    input.addEventListener("input", () => filter(table, input.value.trim().toLowerCase(), count));
    label.append(input);
    bar.append(label, count);
    (table.closest(".wide") ?? table).before(bar);
  });
})();
