-- A reaction comes with what the service calls the message.
CREATE INDEX outbox_called ON outbox (workspace, service_id) WHERE service_id IS NOT NULL;
