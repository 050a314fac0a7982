/// Placeholder that the first real file replaces.
