/* Keeps the rollouts on the page up to date while they run. */
(function () {
  "use strict";

  const INTERVAL_MILLIS = 2000;

  function isOpen(panel) {
    const details = panel.querySelector("details");
    return details !== null && details.open;
  }

  function show(panel, html) {
    const open = isOpen(panel);
    panel.innerHTML = html;
    const details = panel.querySelector("details");
    if (details !== null) {
      details.open = open;
    }
  }

  function refresh(panel) {
    fetch(panel.dataset.href, { cache: "no-store" })
      .then(function (response) {
        if (!response.ok) {
          throw new Error("HTTP status " + response.status);
        }
        panel.dataset.running = response.headers.get("X-Canary-Running");
        return response.text();
      })
      .then(function (html) {
        show(panel, html);
      })
      .catch(function (error) {
        /* Jenkins restarts, or the network is away: the next try may be better. */
        console.warn("Canary: " + error.message);
      })
      .finally(function () {
        follow(panel);
      });
  }

  function follow(panel) {
    if (panel.dataset.running === "true") {
      setTimeout(refresh, INTERVAL_MILLIS, panel);
    }
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll(".canary-rollout").forEach(follow);
  });
})();
