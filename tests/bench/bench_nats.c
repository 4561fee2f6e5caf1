/* SPDX-License-Identifier: EUPL-1.2 */
/* Peer: the same job on NATS JetStream: a work queue on disk, publish, consume, acknowledge, 1 KiB each. */
#include "tests/bench/bench.h"

#include <nats/nats.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BODY_BYTES 1024
#define FETCH 256

static void
must(natsStatus status, const char *what)
{
	if (status != NATS_OK) {
		(void)fprintf(stderr, "nats: %s: %s\n", what, natsStatus_GetText(status));
		exit(70);
	}
}

struct job {
	const char *url;
	int count;
};

static void *
publish_all(void *state)
{
	const struct job *job = state;
	natsConnection *connection = NULL;
	jsCtx *stream = NULL;
	jsOptions options;
	jsPubOptions wait;
	uint8_t body[BODY_BYTES];

	memset(body, 'x', sizeof(body));
	must(natsConnection_ConnectTo(&connection, job->url), "connect");
	must(jsOptions_Init(&options), "options");
	options.PublishAsync.MaxPending = FETCH;
	must(natsConnection_JetStream(&stream, connection, &options), "jetstream");
	for (int i = 0; i < job->count; i++) {
		must(js_PublishAsync(stream, "bench.body", body, sizeof(body), NULL), "publish");
	}
	must(jsPubOptions_Init(&wait), "options");
	wait.MaxWait = 60000;
	must(js_PublishAsyncComplete(stream, &wait), "publish complete");
	jsCtx_Destroy(stream);
	natsConnection_Destroy(connection);
	return NULL;
}

static void
consume_all(jsCtx *stream, int count)
{
	natsSubscription *subscription = NULL;
	jsErrCode code = 0;

	must(js_PullSubscribe(&subscription, stream, "bench.body", "bench", NULL, NULL, &code),
	     "subscribe");
	for (int done = 0; done < count;) {
		natsMsgList list = { 0 };
		natsStatus status =
			natsSubscription_Fetch(&list, subscription, FETCH, 10000, &code);

		must(status, "fetch");
		for (int i = 0; i < list.Count; i++) {
			must(natsMsg_Ack(list.Msgs[i], NULL), "acknowledge");
		}
		done += list.Count;
		natsMsgList_Destroy(&list);
	}
	natsSubscription_Destroy(subscription);
}

int
main(int argc, char **argv)
{
	struct job job = { .url = argc > 1 ? argv[1] : "",
			   .count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100000 };
	natsConnection *connection = NULL;
	jsCtx *stream = NULL;
	jsStreamConfig config;
	jsErrCode code = 0;
	pthread_t publisher;
	const char *subjects[] = { "bench.body" };
	double started = 0;

	if (argc < 2) {
		(void)fprintf(stderr, "usage: bench_nats URL [COUNT]\n");
		return 64;
	}
	must(natsConnection_ConnectTo(&connection, job.url), "connect");
	must(natsConnection_JetStream(&stream, connection, NULL), "jetstream");
	must(jsStreamConfig_Init(&config), "config");
	config.Name = "bench";
	config.Subjects = subjects;
	config.SubjectsLen = 1;
	config.Retention = js_WorkQueuePolicy;
	config.Storage = js_FileStorage;
	must(js_AddStream(NULL, stream, &config, NULL, &code), "stream");
	started = bench_seconds();
	if (pthread_create(&publisher, NULL, publish_all, &job) != 0) {
		return 70;
	}
	consume_all(stream, job.count);
	(void)pthread_join(publisher, NULL);
	bench_print("nats_per_s", job.count / (bench_seconds() - started));
	jsCtx_Destroy(stream);
	natsConnection_Destroy(connection);
	nats_Close();
	return 0;
}
