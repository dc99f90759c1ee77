// Finds the number whose hash the page asks for, and puts it into the form. See puzzles.py.
"use strict";
(async () => {
  const form = document.querySelector("form[data-puzzle]");
  const { algorithm, challenge, maxnumber, salt, signature } = JSON.parse(form.dataset.puzzle);
  const button = form.querySelector("button[value=subscribe]");
  const label = button.textContent;
  const encoder = new TextEncoder();
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  button.disabled = true;
  button.textContent = "正在准备…";
  try {
    for (let number = 0; number <= maxnumber; number++) {
      const digest = await crypto.subtle.digest(algorithm, encoder.encode(salt + number));
      if (hex(new Uint8Array(digest)) === challenge) {
        const found = { algorithm, challenge, number, salt, signature };
        form.elements.altcha.value = btoa(JSON.stringify(found));
        break;
      }
    }
  } catch {
    document.getElementById("no-puzzle").hidden = false;
  }
  button.disabled = false;
  button.textContent = label;
})();
