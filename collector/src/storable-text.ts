/** What PostgreSQL cannot hold, or not as it was sent: NUL, and half of a character of two. */
export const notStorable = /[\0\p{Surrogate}]/u;
