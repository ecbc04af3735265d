CREATE TABLE "instance_leases" (
	"id" text PRIMARY KEY NOT NULL,
	"alone" boolean NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
