-- CreateTable
CREATE TABLE "staging_worker" (
    "owner" TEXT NOT NULL,
    "held" INTEGER NOT NULL,
    "lanes_max" INTEGER NOT NULL,
    "seen_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staging_worker_pkey" PRIMARY KEY ("owner")
);
