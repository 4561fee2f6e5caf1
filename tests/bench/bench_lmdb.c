/* SPDX-License-Identifier: EUPL-1.2 */
/* Baseline: what plain LMDB commits cost on this disk, without a line of ours in between. */
#include "tests/bench/bench.h"

#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define VALUE_BYTES 1024
#define MAP_BYTES ((size_t)4 << 30)

static void
must(int rc, const char *what)
{
	if (rc != 0) {
		(void)fprintf(stderr, "lmdb: %s: %s\n", what, mdb_strerror(rc));
		exit(70);
	}
}

/* Commits of batch records each under sequential 8-byte keys, synced as by default. Seconds for all of them. */
static double
run(const char *folder, size_t commits, size_t batch)
{
	MDB_env *env = NULL;
	MDB_txn *txn = NULL;
	MDB_dbi table = 0;
	uint64_t next = 0;
	uint8_t value[VALUE_BYTES];
	double started = 0;
	double took = 0;

	memset(value, 7, sizeof(value));
	(void)mkdir(folder, 0700);
	must(mdb_env_create(&env), "create");
	must(mdb_env_set_mapsize(env, MAP_BYTES), "map size");
	must(mdb_env_open(env, folder, 0, 0600), "open");
	must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
	must(mdb_dbi_open(txn, NULL, 0, &table), "table");
	must(mdb_txn_commit(txn), "commit");
	started = bench_seconds();
	for (size_t i = 0; i < commits; i++) {
		must(mdb_txn_begin(env, NULL, 0, &txn), "begin");
		for (size_t j = 0; j < batch; j++) {
			uint64_t key = __builtin_bswap64(next++);
			MDB_val k = { sizeof(key), &key };
			MDB_val v = { sizeof(value), value };

			must(mdb_put(txn, table, &k, &v, 0), "put");
		}
		must(mdb_txn_commit(txn), "commit");
	}
	took = bench_seconds() - started;
	mdb_env_close(env);
	return took;
}

int
main(int argc, char **argv)
{
	char one[512];
	char many[512];
	const size_t commits = 400;
	double seconds_one = 0;
	double seconds_many = 0;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: bench_lmdb FOLDER\n");
		return 64;
	}
	(void)snprintf(one, sizeof(one), "%s/lmdb-1", argv[1]);
	(void)snprintf(many, sizeof(many), "%s/lmdb-256", argv[1]);
	seconds_one = run(one, commits, 1);
	seconds_many = run(many, commits, 256);
	bench_print("lmdb_1_per_s", (double)commits / seconds_one);
	bench_print("commit_ms", seconds_one / (double)commits * 1e3);
	bench_print("lmdb_256_per_s", (double)(commits * 256) / seconds_many);
	return 0;
}
