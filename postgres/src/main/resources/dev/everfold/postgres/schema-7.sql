-- Brings the tables of version 6 to version 7. A column has another name, so that what a program of version 6 that is still
-- running stores by statements of its own fails, as they do not say which batch is the newest. Its functions are these.
select pg_advisory_xact_lock({key});
alter table {schema}.batch rename column counts to events;
create sequence {schema}.newest minvalue -9223372036854775808 maxvalue 9223372036854775807;
