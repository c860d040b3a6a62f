// Saves each answer as it is given, keeps it on the device until the server has it, counts the time down.
// The page works without this; here is only what a form cannot do.
(() => {
  const form = document.querySelector("form[data-attempt]");
  if (!form) return;
  const status = document.querySelector("[data-status]");
  const words = status.dataset;
  const place = `attempt:${form.dataset.attempt}`;
  const tab = Math.random().toString(36).slice(2, 12);
  const cards = new Map([...form.querySelectorAll("[data-question]")].map((card) => [card.dataset.question, card]));
  let waiting = 0, sending = false, renewed = false, timer = 0;

  // --- what waits to be sent, in localStorage: it survives a crash and a lost connection
  const load = () => { try { return JSON.parse(localStorage.getItem(place)) || {}; } catch { return {}; } };
  const keep = (queue) => {
    try {
      if (Object.keys(queue).length) localStorage.setItem(place, JSON.stringify(queue)); else localStorage.removeItem(place);
    } catch { /* a private window without storage: the server still gets it */ }
    memory = queue;
  };
  let memory = load();

  const fields = (position) => [...new FormData(form)].filter(([name]) => name.startsWith(`q${position}-`)
    && !/-(version|tab|seq)$/.test(name));
  const version = (position) => cards.get(position).querySelector(`[name="q${position}-version"]`);
  const say = (text, link) => {
    status.textContent = text;
    if (link) {
      const a = document.createElement("a");
      a.href = link; a.textContent = ` ${form.dataset.signin}`;
      status.append(a);
    }
  };

  const mark = (position, answered) => {
    const link = document.querySelector(`[data-number="${position}"]`);
    const flag = cards.get(position).querySelector(`[name="q${position}-flag"]`);
    link.classList.toggle("done", answered);
    link.classList.toggle("flag", flag.checked);
    link.querySelector("[data-done]").textContent = answered ? form.dataset.answered : form.dataset.empty;
    document.querySelector("[data-count]").textContent = document.querySelectorAll(".qnav .done").length;
  };

  const queue = (position) => {
    keep({ ...memory, [position]: { fields: fields(position), version: version(position).value, tab, seq: Date.now() } });
    send();
  };

  const send = async () => {
    clearTimeout(timer);
    const position = Object.keys(memory).find((one) => cards.has(one));
    if (sending || !position) return;
    sending = true;
    const entry = memory[position];
    const body = new URLSearchParams(entry.fields);
    body.append("csrf_token", form.elements.csrf_token.value);
    body.append(`q${position}-version`, version(position).value);
    body.append(`q${position}-tab`, entry.tab);
    body.append(`q${position}-seq`, entry.seq);
    say(words.saving);
    try {
      const reply = await fetch(form.action, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
      sending = false;
      if (reply.status === 401) {
        renewed = false;
        return say(words.signin, form.dataset.login);
      }
      if (reply.status >= 500 || reply.status === 429) return later();
      settle(position, entry, reply.status, await reply.json());
    } catch {
      sending = false;
      later();
    }
  };

  const later = () => {
    waiting = Math.min(30000, waiting * 2 || 1000);
    say(words.offline);
    timer = setTimeout(send, waiting);
  };

  const settle = (position, entry, code, reply) => {
    waiting = 0;
    if (reply.error === "attempt-over") return over();
    if (reply.token && !renewed) return renew(reply.token);
    if (!reply.answers) return say(reply.message);
    renewed = false;
    const [answer] = reply.answers;
    const lost = code === 409;
    const card = cards.get(position);
    card.querySelector("[data-stale]").hidden = !lost;
    if (!lost) {
      version(position).value = answer.version;
      card.querySelector("[data-unclear]").hidden = !answer.unclear.length;
      mark(position, answer.answered);
    }
    if (lost || memory[position]?.seq === entry.seq) {
      const { [position]: _sent, ...rest } = memory;
      keep(rest);
    }
    say(words.saved.replace("{}", reply.time));
    send();
  };

  // Signing in again, in whichever tab, ends the tokens of before; the refusal brings a new one.
  const renew = (token) => {
    renewed = true;
    document.querySelectorAll("[name=csrf_token]").forEach((field) => { field.value = token; });
    send();
  };

  const over = () => {
    keep({});
    say(words.over);
    location.replace(form.dataset.over);
  };

  // --- what the learner does
  const typing = new Map();
  form.addEventListener("input", (event) => {
    const position = event.target.closest("[data-question]")?.dataset.question;
    if (!position) return;
    clearTimeout(typing.get(position));
    typing.set(position, setTimeout(() => { typing.delete(position); queue(position); }, 700));
  });
  form.addEventListener("change", (event) => {
    const position = event.target.closest("[data-question]")?.dataset.question;
    if (!position) return;
    clearTimeout(typing.get(position));
    typing.delete(position);
    queue(position);
  });
  form.addEventListener("submit", () => {
    // The whole form goes now; the tab's name tells the server that a newer stored version is our own.
    const seq = Date.now();
    for (const [position, card] of cards) {
      for (const [name, value] of [["tab", tab], ["seq", seq]]) {
        const field = document.createElement("input");
        Object.assign(field, { type: "hidden", name: `q${position}-${name}`, value });
        card.append(field);
      }
      if (memory[position] || typing.has(position)) {
        memory[position] = { fields: fields(position), version: version(position).value, tab, seq };
      }
    }
    keep(memory);
  });
  addEventListener("online", send);
  document.addEventListener("visibilitychange", () => {
    for (const [position, wait] of typing) { clearTimeout(wait); typing.delete(position); queue(position); }
    send();
  });

  // --- what an earlier page could not send
  for (const [position, entry] of Object.entries(memory)) {
    const card = cards.get(position);
    if (!card) { delete memory[position]; continue; }
    for (const field of card.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const values = entry.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (/^(radio|checkbox)$/.test(field.type)) field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  }
  keep(memory);
  send();

  // --- order: two buttons change places with the neighbour
  const ends = (list) => [...list.children].forEach((item, index, all) => {
    item.querySelectorAll("[data-move]").forEach((one) => {
      one.hidden = false;
      one.disabled = one.dataset.move === "up" ? index === 0 : index === all.length - 1;
    });
  });
  form.querySelectorAll("ol.order").forEach(ends);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const list = row.parentElement;
    const other = button.dataset.move === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (button.dataset.move === "up") other.before(row); else other.after(row);
    [...list.children].forEach((item, index) => { item.querySelector("select").value = String(index + 1); });
    ends(list);
    (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button).focus();
    queue(row.closest("[data-question]").dataset.question);
  });

  // --- time: counted from this page's load, whatever the device's clock says
  const shown = document.querySelector("[role=timer]");
  if (!shown) return;
  const left = Number(shown.dataset.left), begun = performance.now(), said = new Set();
  const tick = () => {
    const seconds = Math.ceil(left - (performance.now() - begun) / 1000);
    const most = Math.max(0, seconds);
    shown.textContent = `${Math.floor(most / 60)}:${String(most % 60).padStart(2, "0")}`;
    for (const minutes of [5, 1]) {
      if (seconds <= minutes * 60 && left > minutes * 60 && !said.has(minutes)) {
        said.add(minutes);
        say(words.minutes.replace("{}", minutes));
      }
    }
    if (seconds <= -7) return over();
    if (seconds === 0) { say(words.over); send(); }
    return setTimeout(tick, 1000);
  };
  tick();
})();
