// Sends the session to the program that waits on this computer, and shows the result. The page also works without this
// script.

const delivery = document.getElementById('delivery');
const status = document.getElementById('delivery-status');
const hint = document.getElementById('delivery-hint');
const byHand = document.getElementById('by-hand');
const copyButton = document.getElementById('copy-token');
const copyStatus = document.getElementById('copy-status');

const payload = delivery.dataset.payload;

async function deliver() {
  status.textContent = 'Signing in your command line…';
  hint.hidden = false;
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  try {
    const response = await fetch(`http://127.0.0.1:${delivery.dataset.port}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new TextDecoder().decode(bytes),
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    if (!response.ok) throw new Error('the program did not take it');
    status.textContent = 'Your command line is signed in. You can close this window.';
  } catch {
    status.textContent = 'Your command line could not be reached. Copy the token below and paste it there.';
    byHand.open = true;
  }
  hint.hidden = true;
}

async function copy() {
  try {
    await navigator.clipboard.writeText(payload);
    copyStatus.textContent = 'Copied.';
  } catch {
    copyStatus.textContent = 'Your browser did not allow it. Select the text and copy it.';
  }
}

// The clipboard is available only in secure contexts: https, or this computer.
if (navigator.clipboard !== undefined) {
  copyButton.hidden = false;
  copyButton.addEventListener('click', () => void copy());
}
void deliver();
