-- People who sign in. Issuer and subject stay, as the audit trail names the person by this id; the profile can be erased.
CREATE TABLE "person" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "issuer" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "signed_in_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),

  CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "person_issuer_subject_key" ON "person"("issuer", "subject");

CREATE TABLE "person_profile" (
  "person_id" UUID NOT NULL,
  "name" TEXT,
  "email" TEXT,

  CONSTRAINT "person_profile_pkey" PRIMARY KEY ("person_id"),
  CONSTRAINT "person_profile_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- A session is known by its id; its cookie is known by a hash alone.
CREATE TABLE "console_session" (
  "id" UUID NOT NULL DEFAULT uuidv7(),
  "hash" TEXT NOT NULL,
  "person_id" UUID NOT NULL,
  "roles" TEXT[] NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  "expires_at" TIMESTAMPTZ(3) NOT NULL,

  CONSTRAINT "console_session_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "console_session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "console_session_hash_key" ON "console_session"("hash");
CREATE INDEX "console_session_person_id_idx" ON "console_session"("person_id");
CREATE INDEX "console_session_expires_at_idx" ON "console_session"("expires_at");
