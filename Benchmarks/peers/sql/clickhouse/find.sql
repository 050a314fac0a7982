SELECT * FROM varve.events
WHERE session_id = '{session}' 
  AND time >= fromUnixTimestamp64Milli({from}, 'UTC') AND time < fromUnixTimestamp64Milli({to}, 'UTC')
ORDER BY time;
