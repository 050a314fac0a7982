// (room to be filled)
