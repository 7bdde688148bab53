// Real Wechaty gateway (wechaty-puppet-service PuppetServer over PuppetMock), loopback only.
// env: GW_STDIN=1 to end with its standard input, that is with whoever started it
//      GW_PORT (8788) CTL_PORT (8789) GW_TOKEN GW_TLS=1 to keep TLS on GW_PRESTART=0 to wait for a client's start()
import http from 'http'
import { createRequire } from 'module'
const require = createRequire(import.meta.url)
import { PuppetServer } from 'wechaty-puppet-service'
import { PuppetMock, mock } from 'wechaty-puppet-mock'
import { FileBox } from 'file-box'

const GW_PORT = +(process.env.GW_PORT || 8788), CTL_PORT = +(process.env.CTL_PORT || 8789)
const TOKEN = process.env.GW_TOKEN || 'puppet_mock_token'
const QUIET = process.env.GW_QUIET === '1'
if (process.env.GW_STDIN === '1') process.stdin.on('end', () => process.exit()).resume()
const out = []                              // every outbound call of the bot
let seq = 0
const emit = (o) => { if (!QUIET) process.stdout.write(JSON.stringify(o) + '\n') }
const waiting = []                          // who waits for the next outbound call
const rec = (o) => { o.seq = ++seq; o.at = Date.now(); out.push(o); emit({ ev: 'outbound', ...o }); waiting.splice(0).forEach(go => go()) }
const calls = {}                            // how often a payload was asked for

const mocker = new mock.Mocker()
const BOT = 'wxid_bot', PEOPLE = [['wxid_alice', 'Alice'], ['wxid_bob', 'Bob'], ['wxid_carol', 'Carol'], ['wxid_dave', 'Dave']]
const ROOMS = [['19000000001@chatroom', 'Health Group A', [BOT, 'wxid_alice', 'wxid_bob']], ['19000000002@chatroom', 'Health Group B', [BOT, 'wxid_carol', 'wxid_dave']]]

class Gw extends PuppetMock {
  _lastId = undefined
  _send (conversationId, something, mentionIdList = []) {   // PuppetMock drops mentions and returns no id
    if (failNext > 0 && failAfter-- <= 0) { failNext--; throw Object.assign(new Error('injected send failure'), failCode === undefined ? {} : { code: failCode }) }
    const user = this.mocker.ContactMock.load(this.currentUserId)
    const conv = conversationId.includes('@') ? this.mocker.RoomMock.load(conversationId) : this.mocker.ContactMock.load(conversationId)
    let id
    const orig = this.emit.bind(this)
    const grab = p => { id = p.messageId }
    this.once('message', grab)
    user.say(something, mentionIdList.map(i => this.mocker.ContactMock.load(i))).to(conv)
    this.off('message', grab)
    return id
  }
  async messageSendText (conversationId, text, mentionIdList) {
    const id = this._send(conversationId, text, mentionIdList)
    rec({ kind: 'text', conversationId, room: conversationId.includes('@'), text, mentionIdList: mentionIdList || [], id }); return id
  }
  async messageSendFile (conversationId, file) {
    const buf = await file.toBuffer()
    const id = this._send(conversationId, file)
    rec({ kind: 'file', conversationId, room: conversationId.includes('@'), name: file.name, mediaType: file.mediaType, bytes: buf.length, head: buf.subarray(0, 16).toString('hex'), content: buf.toString('base64'), id }); return id
  }
  async messageSendUrl (conversationId, p) { rec({ kind: 'url', conversationId, payload: p, id: 'url' + seq }); return 'url' + seq }
  async messageSendContact (conversationId, c) { rec({ kind: 'contact', conversationId, contactId: c }); return 'c' + seq }
  async messageRawPayload (id) { if (slow > 0) await new Promise(go => setTimeout(go, Math.random() * slow)); return super.messageRawPayload(id) }
  async roomMemberPayload (roomId, who) { calls[roomId + '/' + who] = (calls[roomId + '/' + who] || 0) + 1; return super.roomMemberPayload(roomId, who) }
  async roomMemberRawPayload (roomId, who) { const p = await super.roomMemberRawPayload(roomId, who); if (aliases[roomId + '/' + who] === null) throw new Error('no such member'); return { ...p, roomAlias: aliases[roomId + '/' + who] || '' } }
  async roomMemberList (roomId) { return this.mocker.roomPayload(roomId).memberIdList }
}
let failNext = 0, failAfter = 0, failCode, slow = 0
const aliases = {}
const puppet = new Gw({ mocker })
const mk = (id, name) => { try { return mocker.ContactMock.load(id) } catch { return mocker.createContact({ id, name, alias: '', friend: true }) } }
mocker.use(function env (m) {                // runs at every puppet.start(): idempotent
  const bot = mk(BOT, 'HealthBot'); PEOPLE.forEach(p => mk(...p))
  for (const [id, topic, memberIdList] of ROOMS) { try { m.RoomMock.load(id) } catch { m.createRoom({ id, topic, memberIdList, ownerId: memberIdList[1], adminIdList: [] }) } }
  if (process.env.GW_SCAN === '1') m.scan('https://login.weixin.qq.com/l/fake')
  if (!puppet.isLoggedIn) m.login(bot)
  setTimeout(() => puppet.emit('ready', { data: 'ready' }), 50)
  return () => {}
})
for (const e of ['login', 'logout', 'ready', 'error', 'start', 'stop']) puppet.on(e, p => emit({ ev: e, p: e === 'error' ? String(p?.data || p?.message || p) : p }))

const server = new PuppetServer({ endpoint: `127.0.0.1:${GW_PORT}`, puppet, token: TOKEN, ...(process.env.GW_TLS === '1' ? {} : { tls: { disable: true } }) })
if (process.env.GW_TLS !== '1') process.env.WECHATY_PUPPET_SERVICE_NO_TLS_INSECURE_SERVER = '1'
await server.start()
if (process.env.GW_PRESTART !== '0') await puppet.start()

function inject (b) {
  const from = mocker.ContactMock.load(b.from)
  let id; const grab = p => { id = p.messageId }; puppet.once('message', grab)
  const conv = b.room ? mocker.RoomMock.load(b.room) : mocker.ContactMock.load(BOT)
  from.say(b.text, (b.mentions || []).map(i => mocker.ContactMock.load(i))).to(conv)
  puppet.off('message', grab); return id
}
const body = (req) => new Promise(r => { let s = ''; req.on('data', c => { s += c }); req.on('end', () => r(s ? JSON.parse(s) : {})) })
http.createServer(async (req, res) => {
  let o = {}, code = 200
  try {
    const b = await body(req), u = req.url
    if (u === '/inject') { const n = b.count || 1; o.ids = []; for (let i = 0; i < n; i++) o.ids.push(inject({ ...b, text: n > 1 ? `${b.text}#${i}` : b.text })) }
    else if (u === '/outbound') o = { n: out.length, out }
    else if (u === '/count') o = { n: out.length, last: out.at(-1)?.at, rss: process.memoryUsage().rss }
    else if (u === '/clear') { out.length = 0 }
    else if (u === '/next') { let m; while (!(m = out.find(m => m.seq > b.after))) await new Promise(go => waiting.push(go)); o = m }
    else if (u === '/seq') o = { seq }
    else if (u === '/calls') o = { n: calls[b.key] || 0 }
    else if (u === '/slow') slow = b.ms
    else if (u === '/image') { const box = FileBox.fromBase64(b.base64, b.name), grab = p => { o.id = p.messageId }; puppet.once('message', grab); mocker.ContactMock.load(b.from).say(box).to(b.room ? mocker.RoomMock.load(b.room) : mocker.ContactMock.load(BOT)); puppet.off('message', grab) }
    else if (u === '/rename') { mocker.contactPayload(b.who, { ...mocker.contactPayload(b.who), name: b.name }); puppet.cache.contact.delete(b.who); for (const room of mocker.cacheRoomPayload.keys()) puppet.cache.roomMember.delete(room) }
    else if (u === '/alias') { aliases[b.room + '/' + b.who] = b.alias; puppet.cache.roomMember.delete(b.room) }
    else if (u === '/reset') {
      failNext = failAfter = slow = out.length = 0
      Object.keys(aliases).forEach(key => delete aliases[key])
      for (const [id, name] of [[BOT, 'HealthBot'], ...PEOPLE]) { mocker.contactPayload(id, { ...mocker.contactPayload(id), name }); puppet.cache.contact.delete(id) }
      for (const room of mocker.cacheRoomPayload.keys()) puppet.cache.roomMember.delete(room)
      if (!puppet.isLoggedIn) mocker.login(mocker.ContactMock.load(BOT))
    }
    else if (u === '/dirty') puppet.emit('dirty', { payloadType: b.type, payloadId: b.id })
    else if (u === '/scan') mocker.scan(b.code, b.status)
    else if (u === '/event') puppet.emit(b.name, b.payload)
    else if (u === '/dong') await new Promise(go => puppet.once('dong', go))
    else if (u === '/deafen') puppet.removeAllListeners('dong')
    else if (u === '/reemit') puppet.emit('message', { messageId: b.id })
    else if (u === '/fail') { failNext = b.n; failAfter = b.after || 0; failCode = b.code }
    else if (u === '/topic') mocker.RoomMock.load(b.room).topic(b.topic).by(mocker.ContactMock.load(b.by))
    else if (u === '/join') mocker.RoomMock.load(b.room).add(mk(b.who, b.name || b.who)).by(mocker.ContactMock.load(b.by))
    else if (u === '/leave') mocker.RoomMock.load(b.room).remove(mocker.ContactMock.load(b.who)).by(mocker.ContactMock.load(b.by))
    else if (u === '/rawtype') { const id = 'raw' + Date.now(); mocker.MessageMock.create({ id, talkerId: b.from, roomId: b.room, listenerId: b.room ? undefined : BOT, timestamp: b.timestamp ?? Date.now(), type: b.type, text: b.text, filename: b.filename, mentionIdList: b.mentions }); puppet.emit('message', { messageId: id }); o.id = id }
    else if (u === '/logout') { await puppet.logout('test') }
    else if (u === '/login') { mocker.login(mocker.ContactMock.load(BOT)) }
    else if (u === '/error') { puppet.emit('error', { data: b.data || 'boom' }) }
    else if (u === '/state') o = { loggedIn: puppet.isLoggedIn, listeners: puppet.listenerCount('message') }
    else code = 404
  } catch (e) { code = 500; o = { error: String(e?.stack || e) } }
  res.writeHead(code, { 'content-type': 'application/json' }); res.end(JSON.stringify(o))
}).listen(CTL_PORT, '127.0.0.1', () => emit({ ev: 'up', GW_PORT, CTL_PORT, versions: ['wechaty-puppet-service', 'wechaty-puppet-mock', 'wechaty-puppet', 'wechaty-grpc', '@grpc/grpc-js'].map(p => { try { return p + '@' + JSON.parse(require('fs').readFileSync(`node_modules/${p}/package.json`)).version } catch (e) { return p + '?' } }) }))
