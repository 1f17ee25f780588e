// SPDX-License-Identifier: MIT
// One line in a shop's page: <script src="https://desk.example/embed.js" data-inbox="web" async></script>
// A button, and the chat behind it in a frame. Of the shop's page the data- attributes are read; path, title and referrer go to a
// desk that watches visits (docs/visitors.md), unless the browser or data-visits="off" objects.
(function () {
  'use strict';
  const script = document.currentScript;
  if (!script || window.seatmux) return;
  const home = new URL('.', script.src);
  const zh = (script.dataset.lang || document.documentElement.lang || navigator.language || '').toLowerCase().startsWith('zh');
  const words = zh ? { open: '在线客服', close: '关闭聊天', yes: '开始咨询', no: '不用了', unread: n => `${n} 条新消息` }
    : { open: 'Chat with us', close: 'Close the chat', yes: 'Chat now', no: 'No, thanks', unread: n => `${n} new` };

  const page = new URL('chat', home);
  for (const name of ['inbox', 'lang', 'name', 'order']) if (script.dataset[name]) page.searchParams.set(name, script.dataset[name]);
  page.searchParams.set('page', location.pathname.slice(0, 200));
  if (script.dataset.user) page.searchParams.set('signed', '1');

  function style(element, rules) { for (const name in rules) element.style.setProperty(name, rules[name]); }

  const corner = { position: 'fixed', right: '16px', 'z-index': '2147483000', font: '16px system-ui, sans-serif' };
  function buttonOf(text, pressed) {
    const made = document.createElement('button');
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', pressed);
    style(made, {
      font: 'inherit', padding: '12px 20px', 'border-radius': '24px', border: '2px solid #fff', background: '#0b57d0', color: '#fff', cursor: 'pointer'
    });
    return made;
  }
  const button = buttonOf(words.open, () => (shown() ? close() : open()));
  button.setAttribute('aria-expanded', 'false');
  style(button, { ...corner, bottom: '16px' });
  let frame = null;
  let ready = false; // the page in the frame listens

  function layOut() {
    const narrow = window.innerWidth < 520;
    style(frame, {
      ...corner, right: narrow ? '0' : '16px', bottom: narrow ? '64px' : '80px', width: narrow ? '100%' : '400px',
      height: narrow ? 'calc(100% - 72px)' : 'min(600px, calc(100% - 100px))', border: '1px solid #57606a',
      'border-radius': narrow ? '0' : '12px', background: '#fff'
    });
  }

  function post(message) { frame.contentWindow.postMessage(message, home.origin); }
  /** So that an answer behind a closed frame counts as unread. */
  function tell(on) { post({ seatmuxShown: on }); }

  function open(quietly) {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = words.open;
      frame.src = page.href;
      layOut();
      window.addEventListener('resize', layOut);
      document.body.append(frame);
    }
    frame.style.setProperty('display', 'block');
    button.textContent = words.close;
    button.setAttribute('aria-expanded', 'true');
    tell(true);
    if (!quietly) frame.focus(); // who is writing elsewhere goes on there
    if (bubble) bubble.remove();
    bubble = null;
  }

  function close() {
    if (!frame) return;
    frame.style.setProperty('display', 'none');
    button.textContent = words.open;
    button.setAttribute('aria-expanded', 'false');
    tell(false);
    button.focus();
    if (offer && offer.popup) answer(false);
  }

  function shown() { return frame !== null && frame.style.display !== 'none'; }

  window.addEventListener('message', event => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home.origin) return;
    const data = event.data || {};
    if (data.seatmux === 'ready') {
      ready = true;
      if (script.dataset.user) post({ seatmuxUser: {
        user: script.dataset.user, expires: Number(script.dataset.expires), signature: script.dataset.signature || ''
      } });
      begin();
    }
    if (data.seatmux === 'close') close();
    if (data.seatmux === 'unread' && !shown())
      button.textContent = data.n > 0 ? `${words.open} (${words.unread(Number(data.n))})` : words.open;
  });

  // --- Where the visitor is, and who invites them

  const KEY = 'seatmux-visit', OVER_MS = 1800000;
  let me = null;        // this visit: kept in the shop's own storage, once the desk has said that it watches
  let fresh = true;     // the page was loaded
  let timer = 0;
  let offer = null;     // what the desk shows: {id, text, agent, popup}
  let bubble = null;
  let accepted = false; // an agent's: the conversation is to begin
  let said = {};        // what became of it, not told yet
  let done = '';        // the one that was answered last

  function keep() {
    me.at = Date.now();
    try { localStorage.setItem(KEY, JSON.stringify(me)); } catch { /* forbidden: each page is a visit */ }
  }

  function recall() {
    let old = {};
    try { old = JSON.parse(localStorage.getItem(KEY)) || {}; } catch { /* forbidden, or not ours */ }
    if (old.id && Date.now() - old.at < OVER_MS) return old;
    const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
    return { id, earlier: old.id ? old.earlier + 1 : 0, last: old.at };
  }

  async function beat() {
    clearTimeout(timer);
    if (document.hidden || !me) return;
    const from = document.referrer, now = said;
    said = {};
    let next = 60;
    try {
      const reply = await fetch(new URL('v1/visits', home), { method: 'POST', credentials: 'omit', referrerPolicy: 'no-referrer', body: JSON.stringify({
        visit: me.id, page: location.pathname.slice(0, 500), title: document.title.slice(0, 200), inbox: script.dataset.inbox, fresh,
        referrer: from.startsWith(location.origin) ? undefined : from.slice(0, 500), language: script.dataset.lang || navigator.language,
        earlier: me.earlier, last: me.last, ...now
      }) });
      if (reply.ok) {
        const told = await reply.json();
        fresh = false;
        next = told.next;
        if (next) {
          keep();
          page.searchParams.set('visit', me.id);
          invite(told.invitation);
        }
      } else if (reply.status < 429) next = 0; // not for this site, or not any more
    } catch { said = { ...now, ...said }; }
    if (next) timer = setTimeout(beat, next * 1000);
  }

  function answer(yes) {
    said = { invitation: done = offer.id, accept: yes };
    accepted = yes && Boolean(offer.agent);
    offer = null;
    if (bubble) bubble.remove();
    bubble = null;
    beat();
  }

  function begin() {
    if (ready && accepted) post({ seatmuxBegin: true });
    if (ready) accepted = false;
  }

  /** Text of the desk as text; nothing is taken from what the visitor does but a press. */
  function invite(next) {
    if (next && offer && next.id === offer.id) return;
    if (shown()) return;
    if (bubble) bubble.remove();
    bubble = null;
    offer = next && next.id !== done ? next : null;
    if (!offer) return;
    if (offer.popup) {
      open(true);
      return;
    }
    bubble = document.createElement('div');
    bubble.setAttribute('role', 'status');
    style(bubble, {
      ...corner, bottom: '80px', 'max-width': '300px', padding: '16px', background: '#fff', color: '#1b1f24', border: '1px solid #57606a', 'border-radius': '12px'
    });
    const text = document.createElement('p');
    text.textContent = (offer.agent ? `${offer.agent}: ` : '') + offer.text;
    style(text, { margin: '0 0 12px', 'overflow-wrap': 'anywhere' });
    const no = buttonOf(words.no, () => answer(false));
    style(no, { background: 'none', color: '#1b1f24', 'border-color': 'transparent' });
    bubble.append(text, buttonOf(words.yes, () => { answer(true); open(); begin(); }), no);
    document.body.append(bubble);
  }

  /** Begins to tell; for a shop that asks first, with data-visits="off". */
  function visit() {
    if (me) return;
    me = recall();
    document.addEventListener('visibilitychange', beat);
    beat();
  }

  const put = () => {
    document.body.append(button);
    if (script.dataset.visits !== 'off' && !navigator.globalPrivacyControl && navigator.doNotTrack !== '1') visit();
  };
  if (document.body) put(); else document.addEventListener('DOMContentLoaded', put);
  window.seatmux = Object.freeze({ open: () => open(), close, visit });
}());
