import { spoken } from '../bookings.js'
import { escapeHtml, layout } from './html.js'

export function listPage({ rooms, bookings }) {
  return layout('Bookings', `${table(bookings)}\n${form(rooms)}`)
}

function table(bookings) {
  if (bookings.length === 0) return '<p>No bookings yet. Every room is free.</p>'
  const rows = bookings.map(
    (booking) => `<tr>
<td>${escapeHtml(booking.room)}</td>
<td>${escapeHtml(spoken(booking.from))}</td>
<td>${escapeHtml(spoken(booking.to))}</td>
<td>${escapeHtml(booking.holder)}</td>
</tr>`,
  )
  return `<table>
<caption>All bookings, earliest first</caption>
<thead><tr><th scope="col">Room</th><th scope="col">From</th><th scope="col">Until</th><th scope="col">Who</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

function form(rooms) {
  const options = rooms.map((room) => `<option value="${escapeHtml(room.name)}">${escapeHtml(room.name)}, ${Number(room.seats)} seats</option>`)
  return `<h2 id="new">New booking</h2>
<form class="book" method="post" action="/bookings" aria-labelledby="new">
<label for="room">Room</label>
<select id="room" name="room">
${options.join('\n')}
</select>
<label for="from">From</label>
<input id="from" name="from" required placeholder="2031-05-20 09:00" autocomplete="off">
<label for="to">Until</label>
<input id="to" name="to" required placeholder="2031-05-20 10:00" autocomplete="off">
<label for="holder">Who</label>
<input id="holder" name="holder" required maxlength="80" autocomplete="name">
<button type="submit">Book</button>
</form>`
}
