// Ask the device for a passkey, put its answer into the form and send it. Where there are no passkeys the forms stay hidden.
(() => {
  if (!window.PublicKeyCredential || /^[\d.]+$|^\[/.test(location.hostname)) return; // browsers give passkeys to names, not to numbers
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const base64url = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const described = (list = []) => list.map((one) => ({ ...one, id: bytes(one.id) }));

  const ask = async (options, make) => {
    options.challenge = bytes(options.challenge);
    if (!make) return navigator.credentials.get({ publicKey: { ...options, allowCredentials: described(options.allowCredentials) } });
    options.user.id = bytes(options.user.id);
    return navigator.credentials.create({ publicKey: { ...options, excludeCredentials: described(options.excludeCredentials) } });
  };
  const written = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = base64url(credential.response[name]);
    }
    return JSON.stringify({ id: credential.id, rawId: base64url(credential.rawId), type: credential.type, response });
  };

  document.querySelectorAll("[data-no-passkeys]").forEach((note) => { note.hidden = true; });
  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const { options, make, cancelled, known, failed } = form.dataset;
    const said = form.querySelector("[role=status]");
    const button = form.querySelector("button");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      button.disabled = true;
      said.textContent = "";
      try {
        const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrf_token.value };
        const reply = await fetch(options, { method: "POST", headers });
        const given = await reply.json();
        if (given.next) return location.assign(given.next);
        if (!reply.ok) { said.textContent = given.message || failed; return; }
        form.elements.credential.value = written(await ask(given, make !== undefined));
        form.submit();
      } catch (error) {
        said.textContent = error.name === "NotAllowedError" ? cancelled : error.name === "InvalidStateError" ? known : failed;
      } finally {
        button.disabled = false;
      }
    });
  });
})();
