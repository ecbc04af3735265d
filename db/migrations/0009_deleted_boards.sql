CREATE TABLE "deleted_boards" (
	"uid" integer PRIMARY KEY NOT NULL
);
