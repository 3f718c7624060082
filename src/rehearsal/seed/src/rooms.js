export const rooms = [
  { name: 'Birch', seats: 4 },
  { name: 'Elm', seats: 6 },
  { name: 'Oak', seats: 12 },
]
