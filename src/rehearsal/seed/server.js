import { createApp } from './src/app.js'
import { dataFile, openStore } from './src/store.js'

const port = Number(process.env.PORT ?? 3000)
const server = createApp(openStore(dataFile()))

server.listen(port, () => {
  console.log(`room bookings on http://127.0.0.1:${port}`)
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}
