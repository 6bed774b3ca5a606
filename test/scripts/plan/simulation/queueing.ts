/** Formulas of queueing theory that a simulation can be held against. `load` is arrivals times service time, in Erlang. */

/** The share of requests that find all servers busy and are lost (M/G/c/c). */
export function erlangB(servers: number, load: number): number {
  let blocked = 1;
  for (let server = 1; server <= servers; server++) blocked = (load * blocked) / (server + load * blocked);
  return blocked;
}

/** The share of requests that have to wait (M/M/c). */
export function erlangC(servers: number, load: number): number {
  const blocked = erlangB(servers, load);
  return (servers * blocked) / (servers - load * (1 - blocked));
}

/** The share of requests that wait longer than so many service times (M/M/c). */
export function waitsLonger(servers: number, load: number, serviceTimes: number): number {
  return erlangC(servers, load) * Math.exp(-(servers - load) * serviceTimes);
}
