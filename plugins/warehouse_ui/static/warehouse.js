"use strict";

// Inside Airflow's frame a link to Airflow itself has to open in the window around it.
if (window.parent !== window) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-airflow]");
    if (!link) return;
    event.preventDefault();
    const outside = window.parent.document.createElement("a");
    outside.href = link.href;
    outside.click();
  });
}

// The answer goes to Airflow, as the person who is logged in; Airflow decides whether it may be given.
const form = document.getElementById("answer");
if (form) {
  const outcome = document.getElementById("outcome");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const decision = event.submitter.value;
    const comment = form.comment.value.trim();
    if (decision === "Reject" && !comment) {
      outcome.textContent = "Say why: the reason is kept with the batch.";
      form.comment.focus();
      return;
    }
    const buttons = form.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const answer = await fetch(form.dataset.url, {
        method: "PATCH",
        headers: {"Content-Type": "application/json"},
        body: JSON.stringify({chosen_options: [decision], params_input: {comment}}),
      });
      if (answer.ok) {
        outcome.textContent = `Airflow has taken the answer: ${decision}. The record follows when the task goes on.`;
        return;
      }
      const reason = await answer.json().catch(() => ({}));
      outcome.textContent = `Airflow did not take the answer (${answer.status}): ${reason.detail || answer.statusText}`;
    } catch (error) {
      outcome.textContent = `Airflow could not be reached: ${error.message}`;
    }
    buttons.forEach((button) => { button.disabled = false; });
  });
}
