/* Reads a collection as a C user would: read URI DATABASE COLLECTION. Prints what it saw as JSON.
   Build: cc read.c -o read $(pkg-config --cflags --libs libmongoc-1.0) */
#include <mongoc/mongoc.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const bson_error_t *error)
{
  fprintf(stderr, "%s: %s\n", what, error->message);
  exit(1);
}

/* Prints the names as the value of `label`. */
static void print_names(const char *label, char **names, const bson_error_t *error)
{
  if (!names) fail(label, error);
  printf(", \"%s\": [", label);
  for (char **name = names; *name; name++) printf("%s\"%s\"", name == names ? "" : ", ", *name);
  printf("]");
  bson_strfreev(names);
}

/* Reads the cursor to its end and closes it; prints the _ids if asked to. Their number. */
static int drain(mongoc_cursor_t *cursor, bool print)
{
  const bson_t *document;
  bson_iter_t id;
  bson_error_t error;
  int count = 0;
  while (mongoc_cursor_next(cursor, &document)) {
    if (print && bson_iter_init_find(&id, document, "_id"))
      printf("%s%lld", count > 0 ? ", " : "", (long long)bson_iter_as_int64(&id));
    count++;
  }
  if (mongoc_cursor_error(cursor, &error)) fail("cursor", &error);
  mongoc_cursor_destroy(cursor);
  return count;
}

int main(int argc, char **argv)
{
  bson_error_t error = {0};
  if (argc != 4) return 2;
  mongoc_init();
  mongoc_client_t *client = mongoc_client_new(argv[1]);
  if (!client) return 2;
  mongoc_client_set_error_api(client, 2);
  mongoc_database_t *database = mongoc_client_get_database(client, argv[2]);
  mongoc_collection_t *collection = mongoc_client_get_collection(client, argv[2], argv[3]);
  bson_t all = BSON_INITIALIZER;
  bson_t *batches = BCON_NEW("batchSize", BCON_INT32(100));
  bson_t *one = BCON_NEW("_id", BCON_INT32(43));
  bson_t *few = BCON_NEW("_id", "{", "$lte", BCON_INT32(5), "}");
  bson_t *pipeline = BCON_NEW("pipeline", "[", "{", "$match", "{", "_id", "{", "$lte", BCON_INT32(5), "}", "}", "}", "]");
  bson_t *out = BCON_NEW("pipeline", "[", "{", "$out", BCON_UTF8("new"), "}", "]");
  bson_t *new_one = BCON_NEW("_id", BCON_UTF8("new"));

  printf("{\"version\": \"%s\", \"ids\": [", mongoc_get_version());
  drain(mongoc_collection_find_with_opts(collection, &all, batches, NULL), true);
  printf("], \"one\": ");
  if (drain(mongoc_collection_find_with_opts(collection, one, NULL, NULL), true) != 1) return 1;
  int64_t count = mongoc_collection_count_documents(collection, few, NULL, NULL, NULL, &error);
  if (count < 0) fail("count", &error);
  printf(", \"count\": %lld", (long long)count);
  mongoc_cursor_t *cursor = mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, pipeline, NULL, NULL);
  printf(", \"aggregated\": %d", drain(cursor, false));
  print_names("collections", mongoc_database_get_collection_names_with_opts(database, NULL, &error), &error);
  print_names("databases", mongoc_client_get_database_names_with_opts(client, NULL, &error), &error);

  /* What the driver's options add to a read. */
  mongoc_session_opt_t *session_opts = mongoc_session_opts_new();
  mongoc_session_opts_set_causal_consistency(session_opts, true);
  mongoc_client_session_t *session = mongoc_client_start_session(client, session_opts, &error);
  if (!session) fail("session", &error);
  bson_t *options = BCON_NEW("comment", BCON_UTF8("few"), "hint", BCON_UTF8("_id_"), "maxTimeMS", BCON_INT32(60000));
  if (!mongoc_client_session_append(session, options, &error)) fail("session", &error);
  printf(", \"withOptions\": [%d", drain(mongoc_collection_find_with_opts(collection, few, options, NULL), false));
  cursor = mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, pipeline, options, NULL);
  printf(", %d]", drain(cursor, false));
  mongoc_client_session_destroy(session);
  mongoc_session_opts_destroy(session_opts);
  mongoc_client_t *stable = mongoc_client_new(argv[1]);
  mongoc_server_api_t *api = mongoc_server_api_new(MONGOC_SERVER_API_V1);
  mongoc_server_api_strict(api, true);
  if (!mongoc_client_set_server_api(stable, api, &error)) fail("server API", &error);
  mongoc_collection_t *same = mongoc_client_get_collection(stable, argv[2], argv[3]);
  printf(", \"stable\": %d", drain(mongoc_collection_find_with_opts(same, few, NULL, NULL), false));
  const bson_t *none;
  cursor = mongoc_collection_aggregate(collection, MONGOC_QUERY_NONE, out, NULL, NULL);
  if (mongoc_cursor_next(cursor, &none) || !mongoc_cursor_error(cursor, &error)) printf(", \"out\": null");
  else printf(", \"out\": %u", error.code);
  mongoc_cursor_destroy(cursor);

  bool inserted = mongoc_collection_insert_one(collection, new_one, NULL, NULL, &error);
  if (inserted) printf(", \"insert\": null}\n");
  else printf(", \"insert\": %u}\n", error.code);

  mongoc_collection_destroy(same);
  mongoc_server_api_destroy(api);
  mongoc_client_destroy(stable);
  bson_destroy(options);
  bson_destroy(out);
  bson_destroy(new_one);
  bson_destroy(pipeline);
  bson_destroy(few);
  bson_destroy(one);
  bson_destroy(batches);
  bson_destroy(&all);
  mongoc_collection_destroy(collection);
  mongoc_database_destroy(database);
  mongoc_client_destroy(client);
  mongoc_cleanup();
  return 0;
}
