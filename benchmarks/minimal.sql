-- The least that a durable order system must write: an order, its event, a job, in one transaction.
-- pgbench runs it (-M prepared, synchronous_commit on); benchmarks/road.py measures everything else against it.
BEGIN;
INSERT INTO benchmark.orders (state, matter, region, unit, title, body, received_at)
  VALUES ('received', '03.05', 'R0103', 'U0301', '工人村反映的问题希望尽快解决',
    '工人村三号楼二单元来电，从昨天晚上起一直没有解决，楼里八户都一样，物业说不归他们管，希望尽快派人来看。', now()) RETURNING number \gset
INSERT INTO benchmark.event (number, seq, move, at, actor, data)
  VALUES (:number, 1, 'register', now(), 't1',
    '{"facts":{"channel":"phone","kind":"help","matter":"03.05","region":"R0103"},"state":"received"}');
INSERT INTO benchmark.job (task, args, at) VALUES ('notify', '{"number":1}', now());
COMMIT;
