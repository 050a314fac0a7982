SELECT * FROM events WHERE session_id = '{session}' AND time >= make_timestamp_ms({from}) AND time < make_timestamp_ms({to})
ORDER BY time;
