// SPDX-License-Identifier: MIT
// A customer's side of the desk: docs/customer-api.md as a client. No page in here: it keeps the session, the messages that are not
// sent yet and the long poll, and tells what changed. Every write has an id of its own and is repeated with that id until the desk
// has answered, so that a lost answer is never a lost or doubled message.

const WAIT_S = 25;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15000;
const TYPING_MS = 3000;

/** What a person can't guess and nothing repeats. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

/** A store that forgets nothing while the page lives, and longer where the browser allows it. */
export function storeOf(key) {
  let memory = {};
  try { memory = JSON.parse(localStorage.getItem(key)) || {}; } catch { /* private window, or not ours */ }
  return {
    get: () => memory,
    put(change) {
      memory = { ...memory, ...change };
      try { localStorage.setItem(key, JSON.stringify(memory)); } catch { /* full or forbidden: memory has it */ }
    }
  };
}

export class Desk {
  /**
   * base: URL of the desk, with a slash at the end. about: what is told when a conversation starts ({inbox, name, language, order,
   * attributes}). changed(): anything shown may be another now. ephemeral(event): typing.
   */
  constructor({ base, store, about, changed, ephemeral }) {
    Object.assign(this, { base, store, about, changed, ephemeral });
    this.lines = [];          // of the conversation, oldest first, as the desk gives them
    this.state = 'none';      // none, queued, open, snoozed, resolved
    this.link = 'starting';   // starting, live, lost, elsewhere
    this.trouble = '';        // '', busy, away, expired, noInbox
    this.failures = 0;
    this.typedAt = 0;
    this.pumping = false;
    this.run = 0;             // of the poll loop: an older one stops
  }

  get token() { return this.store.get().token; }
  get conversation() { return this.store.get().conversation; }
  /** [{id, text, problem}]: written here, not yet taken by the desk. */
  get outbox() { return this.store.get().outbox || []; }

  // --- One exchange --------------------------------------------------------------------------------

  async ask(method, path, { body, key, token = this.token, seconds = 15, abort } = {}) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers['Idempotency-Key'] = key;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    const limit = AbortSignal.timeout(seconds * 1000);
    const answer = await fetch(new URL(path, this.base), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', credentials: 'omit',
      referrerPolicy: 'no-referrer', signal: abort ? anyOf([limit, abort]) : limit
    });
    const text = await answer.text();
    let json = {};
    try { json = JSON.parse(text); } catch { if (answer.ok && text) throw new Error('not JSON'); }
    return { status: answer.status, json, retry: Number(answer.headers.get('Retry-After')) || 0 };
  }

  /** Waits before the next try: longer each time, never all at once. */
  async pause(retryS = 0) {
    const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** Math.min(this.failures++, 6));
    const ms = Math.max(retryS * 1000, most / 2 + Math.random() * most / 2);
    await new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  /** The network is back, or somebody looks: do not wait any longer. */
  kick() {
    this.failures = 0;
    if (this.wake) this.wake();
    this.pump();
  }

  reached() {
    this.failures = 0;
    if (this.link !== 'elsewhere') this.link = 'live';
    if (this.trouble === 'away' || this.trouble === 'busy') this.trouble = '';
  }

  lost(status) {
    if (this.link !== 'elsewhere') this.link = status ? 'live' : 'lost';
    this.trouble = status === 429 ? 'busy' : 'away';
    this.changed();
  }

  // --- Writing -------------------------------------------------------------------------------------

  /** One message. Kept until the desk has it. */
  send(text, name) {
    this.store.put({ outbox: [...this.outbox, { id: newId(), text }], name });
    this.changed();
    this.pump();
  }

  /** A refused one once more, under a new id. */
  again(id) {
    this.store.put({ outbox: this.outbox.map(m => (m.id === id ? { id: newId(), text: m.text } : m)) });
    this.changed();
    this.pump();
  }

  drop(id) { this.store.put({ outbox: this.outbox.filter(m => m.id !== id) }); }

  refuse(id, json) {
    this.store.put({ outbox: this.outbox.map(m => (m.id === id ? { ...m, problem: json.detail || json.title || 'refused' } : m)) });
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    for (;;) {
      const next = this.outbox.find(m => !m.problem);
      if (!next) break;
      let answer;
      try { answer = await (this.token && this.conversation ? this.post(next) : this.start(next)); } catch { answer = { status: 0, json: {}, retry: 0 }; }
      if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
        this.lost(answer.status);
        await this.pause(answer.retry);
      } else {
        this.reached();
        this.taken(next, answer);
      }
      this.changed();
    }
    this.pumping = false;
  }

  post(message) {
    const id = encodeURIComponent(this.conversation);
    return this.ask('PUT', `v1/conversations/${id}/messages/${message.id}`, { body: { text: message.text } });
  }

  /** The first message begins a conversation; its id is the key, so a repeated one is the same conversation. */
  start(message) {
    const body = { ...this.about(), text: message.text };
    return this.ask('POST', 'v1/conversations', { body, key: message.id });
  }

  /** What became of a message. A resolved conversation is no refusal: the desk opens it again, or begins the next one. */
  taken(message, { status, json }) {
    if (status < 300) {
      this.drop(message.id);
      if (json.token || json.conversation !== this.conversation) {
        this.store.put({ token: json.token || this.token, conversation: json.conversation });
        this.trouble = '';
        this.poll();
      }
    } else if (status === 401) {
      this.end();             // the message stays and begins a new conversation
    } else if (json.code === 'wrong_state' && json.conversation && json.conversation !== this.conversation) {
      this.store.put({ conversation: json.conversation }); // begun on another device: the message goes there
      this.poll();
    } else {
      this.refuse(message.id, json);
    }
  }

  typing() {
    if (!this.token || this.state === 'resolved' || Date.now() - this.typedAt < TYPING_MS) return;
    this.typedAt = Date.now();
    this.ask('POST', `v1/conversations/${encodeURIComponent(this.conversation)}/typing`, { body: {} }).catch(() => {});
  }

  /** Asked until answered, but not for ever: status 0 then. */
  async insist(path, options) {
    for (let tries = 0; tries < 8; tries++) {
      try {
        const answer = await this.ask('POST', path, options);
        if (answer.status < 500 && answer.status !== 429) return answer;
      } catch { /* again */ }
      await this.pause();
    }
    return { status: 0, json: {} };
  }

  /** Rating and leaving; what has been done already is done. */
  command(verb, body) {
    return this.insist(`v1/conversations/${encodeURIComponent(this.conversation)}/${verb}`, { body, key: newId() });
  }

  // --- Reading -------------------------------------------------------------------------------------

  end() {
    this.run++;
    if (this.abort) this.abort.abort();
    this.store.put({ token: undefined, conversation: undefined });
    this.lines = [];
    this.state = 'none';
    this.trouble = 'expired';
  }

  /** Whose desk this is, and whether anybody is there: asked until answered. */
  async greet() {
    const inbox = this.about().inbox;
    const path = `v1/page${inbox ? `?inbox=${encodeURIComponent(inbox)}` : ''}`;
    for (;;) {
      let answer;
      try { answer = await this.ask('GET', path, { token: '' }); } catch { answer = { status: 0, json: {}, retry: 0 }; }
      if (answer.status === 200 || answer.status === 404) {
        this.reached();
        if (answer.status === 404) this.trouble = 'noInbox';
        else this.page = answer.json;
        this.changed();
        return;
      }
      this.lost(answer.status);
      await this.pause(answer.retry);
    }
  }

  /**
   * The shop says who this is ({user, expires, signature}, docs/identity.md): the same contact on every device. What was begun
   * without a name stays with whoever began it.
   */
  async identify(who) {
    if (!who || this.store.get().user === who.user && this.token) return;
    const { status, json } = await this.insist('v1/identify', { body: who, token: '' });
    if (status === 200) {
      this.end();
      this.trouble = '';
      this.store.put({ token: json.token, conversation: json.conversation || undefined, user: who.user });
      this.poll();
      this.pump();
    }
    this.changed();
  }

  /** Begins anew where this is: the snapshot, then what happens. */
  async poll() {
    const run = ++this.run;
    if (this.abort) this.abort.abort();
    this.abort = new AbortController();
    let cursor = '';
    if (this.link === 'elsewhere') this.link = 'starting';
    while (run === this.run && this.token) {
      let answer;
      const wait = this.link === 'live' ? WAIT_S : 0; // after a fault the first answer comes at once, and says that all is well
      const path = cursor ? `v1/events?after=${encodeURIComponent(cursor)}&wait=${wait}` : 'v1/snapshot';
      try { answer = await this.ask('GET', path, { seconds: WAIT_S + 15, abort: this.abort.signal }); } catch { answer = { status: 0 }; }
      if (run !== this.run) return;
      if (answer.status === 200 && answer.json.cursor) {
        this.reached();
        this.take(answer.json);
        cursor = answer.json.cursor;
      } else if (answer.status === 410) {
        cursor = '';
      } else if (answer.status === 401) {
        this.end();
        this.pump();
      } else if (answer.status === 409) {
        this.link = 'elsewhere';
        this.run++;
      } else {
        this.lost(answer.status);
        await this.pause(answer.retry);
      }
      this.changed();
    }
  }

  take(page) {
    const there = page.conversations || [];
    const newest = there.reduce((a, b) => (a && a.first_seq > b.first_seq ? a : b), undefined);
    for (const c of there) if (this.conversation ? c.id === this.conversation : c === newest) this.install(c);
    for (const event of page.events || []) if (event.conversation === this.conversation) this.apply(event);
    for (const event of page.ephemeral || []) this.ephemeral(event);
  }

  install(conversation) {
    this.store.put({ conversation: conversation.id });
    this.lines = conversation.lines || [];
    this.state = conversation.state;
    this.settle();
  }

  apply(event) {
    const states = {
      'conversation.queued': 'queued', 'conversation.assigned': 'open', 'conversation.resolved': 'resolved',
      'conversation.reopened': 'queued', 'conversation.abandoned': 'resolved'
    };
    if (states[event.type]) this.state = states[event.type];
    if (event.type === 'message.posted') {
      if (!this.lines.some(line => line.id === event.message)) this.lines.push({ ...event, kind: 'message', id: event.message });
    } else if (event.type === 'message.erased' || event.type === 'content.erased') {
      for (const line of this.lines) if (line.content && line.content === event.content) line.text = undefined;
    } else {
      this.lines.push({ ...event, kind: 'event', event: event.type });
    }
    this.settle();
  }

  /** What the desk shows is sent, whatever became of the answer. */
  settle() {
    const there = new Set(this.lines.map(line => line.id));
    if (this.outbox.some(m => there.has(m.id))) this.store.put({ outbox: this.outbox.filter(m => !there.has(m.id)) });
  }
}

/** AbortSignal.any() is younger than the browsers people have. */
function anyOf(signals) {
  const control = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) control.abort(signal.reason);
    else signal.addEventListener('abort', () => control.abort(signal.reason), { once: true });
  }
  return control.signal;
}
