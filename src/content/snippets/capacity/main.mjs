// Thousands of requests in each hour from 09:00. The sale opens at 13:00.
const demand = [80, 60, 120, 300, 900, 400, 200, 100];
const perServer = 100; // one server answers 100 thousand in an hour
const fixed = 4; // TRY: 5, 6 ... until lost=0. What happens to busy?

const need = (hour) => Math.ceil(demand[hour] / perServer);
const plans = {
  fixed: () => fixed,
  peak: () => Math.ceil(Math.max(...demand) / perServer),
  elastic: need,
  // The same rule, but a server starts to answer one hour after the order.
  late: (hour) => need(Math.max(0, hour - 1)),
};

for (const [name, serversIn] of Object.entries(plans)) {
  let hours = 0;
  let served = 0;
  let lost = 0;
  demand.forEach((asked, hour) => {
    const room = serversIn(hour) * perServer;
    hours += serversIn(hour);
    served += Math.min(asked, room);
    lost += Math.max(0, asked - room);
  });
  const busy = Math.round((100 * served) / (hours * perServer));
  console.log(
    `${name.padEnd(8)}server_hours=${hours} lost=${lost} busy=${busy}%`,
  );
}
