// SPDX-License-Identifier: MIT
// docs/customer-api.md as a client without a page. Every write has an id and is repeated with it: never lost, never doubled.

const WAIT_S = 25;
const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 15000;
const TYPING_MS = 3000;
const VISIT_MS = 1800000;
const NONE = { status: 0, json: {}, retry: 0 }; // no answer

/** What a person can't guess and nothing repeats. */
function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');
}

/** Kept while the page lives, and longer where the browser allows it. */
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
  /** base: URL with a slash at the end. about: what is told at the start. changed(): draw. ephemeral(event): typing. */
  constructor({ base, store, about, changed, ephemeral }) {
    Object.assign(this, { base, store, about, changed, ephemeral });
    this.lines = []; // of the conversation, oldest first, as the desk gives them
    this.state = 'none'; // none, queued, open, snoozed, resolved
    this.link = 'starting'; // starting, live, lost, elsewhere
    this.trouble = ''; // '', busy, away, expired, noInbox, noLink
    this.rating = null; // what can be rated later, or was
    this.failures = 0;
    this.typedAt = 0;
    this.pumping = false;
    this.files = {}; // to be uploaded, by id; gone with the page
    this.run = 0; // of the poll loop: an older one stops
    this.known = Promise.resolve(); // the shop has said who this is: nothing is sent before that
  }

  get token() { return this.store.get().token; }
  get conversation() { return this.store.get().conversation; }
  get at() { return `v1/conversations/${encodeURIComponent(this.conversation)}`; }
  /** [{id, text, problem}]: written here, not yet taken by the desk. */
  get outbox() { return this.store.get().outbox || []; }

  async ask(method, path, { body, key, token = this.token, seconds = 15, abort = new AbortController() } = {}) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers['Idempotency-Key'] = key;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    setTimeout(() => abort.abort(), seconds * 1000);
    const answer = await fetch(new URL(path, this.base), {
      method, headers, body: JSON.stringify(body), cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', signal: abort.signal
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

  /** Wait no longer. */
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

  /** One message. Kept until the desk has it. */
  send(text, name, reach) {
    const message = { id: newId(), text };
    if (this.away()) Object.assign(message, { offline: true, reach: reach || undefined });
    this.store.put({ outbox: [...this.outbox, message], name });
    clearTimeout(this.typist);
    this.changed();
    this.pump();
  }

  /** Nobody is there, nothing is under way: left for later. */
  away() {
    return Boolean(this.page && !this.page.online && (!this.conversation || this.state === 'none' || this.state === 'resolved'));
  }

  /** A refused one once more, under a new id. */
  again(id) {
    this.change(id, { id: newId(), problem: undefined });
    this.changed();
    this.pump();
  }

  drop(id) { this.store.put({ outbox: this.outbox.filter(m => m.id !== id) }); }

  change(id, to) { this.store.put({ outbox: this.outbox.map(m => (m.id === id ? { ...m, ...to } : m)) }); }

  refuse(id, json) { this.change(id, { problem: json.detail || json.title || 'refused', code: json.code }); }

  /** A file is a message once its bytes are at the desk. */
  attach(blob) {
    const id = newId(), most = this.page.files.bytes;
    this.files[id] = blob;
    this.store.put({ outbox: [...this.outbox, { id, text: blob.name, file: id }] });
    if (blob.size > most) this.refuse(id, { code: 'too_large', detail: `A file may have ${most >> 20} MB at most.` });
    this.changed();
    this.pump();
  }

  /** fetch() does not tell how much has gone. */
  async upload({ id, text }) {
    if (!this.files[id]) return { status: 400, json: { code: 'gone' } };
    return new Promise((done, fail) => {
      const ask = new XMLHttpRequest();
      ask.open('POST', this.fileUrl(`?id=${id}&name=${encodeURIComponent(text.slice(-80))}`));
      ask.setRequestHeader('Authorization', `Bearer ${this.token}`);
      ask.setRequestHeader('Content-Type', 'application/octet-stream');
      ask.upload.onprogress = ({ loaded, total }) => { this.share = loaded / total; this.changed(); };
      ask.onload = () => done({ status: ask.status, json: JSON.parse(ask.response), retry: ask.getResponseHeader('Retry-After') });
      ask.onerror = fail;
      ask.onloadend = () => { this.share = 0; };
      ask.send(this.files[id]);
    });
  }

  fileUrl(rest) { return new URL(`${this.at}/files${rest}`, this.base); }

  async bytes({ id }) {
    const answer = await fetch(this.fileUrl(`/${id}`), { headers: { Authorization: `Bearer ${this.token}` } });
    if (!answer.ok) throw answer;
    return answer.blob();
  }

  async pump() {
    if (this.pumping) return;
    this.pumping = true;
    for (;;) {
      await this.known;
      const next = this.outbox.find(m => !m.problem);
      if (!next) break;
      const bring = next.file && !next.up;
      const answer = await (bring ? this.upload(next) : this.token && this.conversation ? this.post(next) : this.start(next)).catch(() => NONE);
      if (answer.status === 0 || answer.status >= 500 || answer.status === 429) {
        this.lost(answer.status);
        await this.pause(answer.retry);
      } else {
        this.reached();
        if (bring && answer.status < 300) this.change(next.id, { up: true });
        else this.taken(next, answer);
      }
      this.changed();
    }
    this.pumping = false;
  }

  post(message) {
    return this.ask('PUT', `${this.at}/messages/${message.id}`, { body: message.file ? { file: message.file } : { text: message.text, offline: message.offline } });
  }

  /** Its id is the key: repeated, it is the same conversation. */
  start(message) {
    const body = { ...this.about(), text: message.text, offline: message.offline, reach: message.reach };
    return this.ask('POST', 'v1/conversations', { body, key: message.id });
  }

  /** An agent's invitation was accepted. */
  async begin() {
    const answer = await this.insist('v1/conversations', { body: this.about(), key: newId() });
    this.taken({}, answer);
    if (answer.status === 401) return this.begin();
    this.changed();
  }

  /** What became of a message. A resolved conversation is no refusal. */
  taken(message, { status, json }) {
    if (status < 300) {
      this.drop(message.id);
      if (json.token || json.conversation !== this.conversation) {
        this.store.put({ token: json.token || this.token, conversation: json.conversation });
        this.trouble = '';
        this.poll();
      }
    } else if (status === 401) {
      this.end(); // the message stays and begins a new conversation
    } else if ((json.code === 'wrong_state' || json.code === 'resolved') && json.conversation && json.conversation !== this.conversation) {
      this.store.put({ conversation: json.conversation }); // begun on another device: the message goes there
      this.poll();
    } else {
      this.refuse(message.id, json);
    }
  }

  typing(text) {
    const preview = this.page?.preview;
    const early = this.typedAt + (preview ? 1000 : TYPING_MS) - Date.now();
    clearTimeout(this.typist);
    if (preview && early > 0) this.typist = setTimeout(() => this.typing(text), early); // the last word, too
    if (!this.token || this.state === 'resolved' || early > 0) return;
    this.typedAt = Date.now();
    this.ask('POST', `${this.at}/typing`, { body: preview ? { text: text.slice(0, 200) } : {} }).catch(() => {});
  }

  /** Asked until answered, but not for ever: status 0 then. */
  async insist(path, options, method = 'POST') {
    for (let tries = 0; tries < 8; tries++) {
      const answer = await this.ask(method, path, options).catch(() => NONE);
      if (answer.status && answer.status < 500 && answer.status !== 429) return answer;
      await this.pause();
    }
    return NONE;
  }

  /** Rating and leaving; what has been done already is done. */
  command(verb, body) {
    return this.insist(`${this.at}/${verb}`, { body, key: newId() });
  }

  /** The conversation on the screen; or what later() found. */
  async rate(body) {
    if (!this.rating) return this.command('rate', body);
    const path = this.rating.path.slice(1), answer = await this.insist(path, { body, token: '' });
    if (answer.status < 300 && this.rating) await this.later(path);
    return answer;
  }

  /** What a link is for; without one, what the customer had last, where it is archived. */
  async later(path) {
    const { status, json } = await this.insist(path || 'v1/ratings', {}, 'GET');
    const rating = path ? json : (json.ratings || [])[0];
    if (status === 200 && rating && (path || !this.conversation && (rating.until || rating.answer))) {
      this.rating = { path: `/${path}`, ...rating };
      this.lines = [{ seq: 'ended', at: rating.ended }];
      if (rating.stars) this.lines.push({ ...rating, seq: 'rated', event: 'conversation.rated' });
      if (rating.answer) this.lines.push({ ...rating.answer, seq: 'answer', event: 'rating.answered' });
    } else if (path) {
      this.trouble = status ? 'noLink' : 'away';
    }
    this.changed();
  }

  /** A desk that watches visits is told of this one (docs/visitors.md). */
  async visit() {
    clearTimeout(this.beat);
    if (!this.page?.watch || document.hidden) return;
    const at = Date.now(), old = this.store.get().visit || {}, { inbox, language } = this.about();
    const { id, earlier, last } = at - old.at < VISIT_MS ? old : { id: newId(), earlier: old.id ? old.earlier + 1 : 0, last: old.at };
    this.store.put({ visit: { id, earlier, last, at } });
    const body = { visit: id, earlier, last, inbox, language, page: location.pathname, referrer: document.referrer, fresh: !this.beat };
    const { status, json } = await this.ask('POST', 'v1/visits', { body, token: '' }).catch(() => NONE);
    const next = status === 403 ? 0 : json.next ?? 60;
    if (next) this.beat = setTimeout(() => this.visit(), next * 1000);
  }

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
      const answer = await this.ask('GET', path, { token: '' }).catch(() => NONE);
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

  /** The shop says who this is: the same contact on every device (docs/identity.md). */
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
    let cursor = '';
    if (this.link === 'elsewhere') this.link = 'starting';
    while (run === this.run && this.token) {
      const wait = this.link === 'live' ? WAIT_S : 0; // after a fault the first answer comes at once
      const path = cursor ? `v1/events?after=${encodeURIComponent(cursor)}&wait=${wait}` : 'v1/snapshot';
      const answer = await this.ask('GET', path, { seconds: WAIT_S + 15, abort: this.abort = new AbortController() }).catch(() => NONE);
      if (run !== this.run) return;
      if (answer.status === 200 && answer.json.cursor) {
        this.reached();
        this.take(answer.json, !cursor);
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

  take(page, all) {
    const there = page.conversations || [];
    const newest = there.reduce((a, b) => (a && a.first_seq > b.first_seq ? a : b), undefined);
    if (all && !there.some(c => c.id === this.conversation)) this.store.put({ conversation: undefined }); // it is archived
    for (const c of there) if (this.conversation ? c.id === this.conversation : c === newest) this.install(c);
    if (all && !newest && !this.lines.length) this.later();
    if ((page.forget || []).includes(this.conversation)) { // it was another person's after all
      this.end();
      this.trouble = '';
      return;
    }
    for (const event of page.events || []) if (event.conversation === this.conversation) this.apply(event);
    for (const event of page.ephemeral || []) this.ephemeral(event);
  }

  install(conversation) {
    this.store.put({ conversation: conversation.id });
    this.rating = null;
    this.lines = conversation.lines || [];
    this.state = conversation.state;
    this.offline = conversation.offline;
    this.settle();
  }

  apply(event) {
    const states = {
      'conversation.queued': 'queued', 'conversation.assigned': 'open', 'conversation.resolved': 'resolved',
      'conversation.reopened': 'queued', 'conversation.abandoned': 'resolved', 'offline.left': 'queued'
    };
    const state = states[event.type];
    if (state) Object.assign(this, { state, offline: event.type === 'offline.left' });
    if (event.type === 'message.posted') {
      this.offline &&= event.author !== 'agent';
      if (!this.lines.some(line => line.id === event.message)) this.lines.push({ ...event, message_kind: event.kind, kind: 'message', id: event.message });
    } else if (event.type === 'content.erased') {
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
