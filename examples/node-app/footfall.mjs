// The three requests that an app needs: what does this user get, the user has seen it, the user has bought something.

/** Talks to a collector with a secret key. */
export function connect({ origin, key, site }) {
  async function post(path, body) {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.error?.message}`);
    return answer;
  }

  return {
    /** The variation of a user, for good. While the collector is away everybody gets the control. */
    async assign(experiment, user) {
      try {
        const { assignments } = await post('/v1/assign', { site, unit: { user }, experiments: [experiment] });
        return assignments[0];
      } catch (error) {
        console.error(error.message);
        return { experiment, variation: 'control', isEnrolled: false };
      }
    },

    /** Tells that the user has seen the variation: only those count in the results. */
    async expose({ experiment, isEnrolled, unitType, unitId }) {
      if (isEnrolled) await post('/v1/exposures', { site, exposures: [{ experiment, unitType, unitId }] });
    },

    /** Records an event of a user. The id makes it safe to send again. */
    async track(user, { id, name, value, currency }) {
      const event = { id, type: 'custom', name, ts: Date.now(), value, currency };
      await post(`/v1/events?site=${site}`, { visitor: { userId: user }, events: [event] });
    },
  };
}
