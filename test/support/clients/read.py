"""Reads a collection as a Python user would: read.py URI DATABASE COLLECTION. Prints what it saw as JSON."""

import json
import sys

import pymongo

uri, database, collection = sys.argv[1:]
client = pymongo.MongoClient(uri, serverSelectionTimeoutMS=10000)
documents = client[database][collection]
seen = {
    "version": pymongo.version,
    "ids": sorted(document["_id"] for document in documents.find({}, batch_size=100)),
    "one": documents.find_one({"_id": 43})["_id"],
    "count": documents.count_documents({"_id": {"$lte": 5}}),
    "estimated": documents.estimated_document_count(),
    "aggregated": len(list(documents.aggregate([{"$match": {"_id": {"$lte": 5}}}]))),
    "collections": client[database].list_collection_names(),
    "databases": client.list_database_names(),
}
# What the driver's options add to a read.
few = {"_id": {"$lte": 5}}
with client.start_session(causal_consistency=True) as session:
    found = documents.find(few, batch_size=2, comment="few", hint="_id_", max_time_ms=60000, session=session)
    aggregated = documents.aggregate(
        [{"$match": few}], comment="few", hint="_id_", maxTimeMS=60000, session=session
    )
    seen["withOptions"] = [len(list(found)), len(list(aggregated))]
if pymongo.version_tuple >= (3, 12):
    from pymongo.server_api import ServerApi

    stable = pymongo.MongoClient(uri, server_api=ServerApi("1", strict=True))
    seen["stable"] = len(list(stable[database][collection].find(few, batch_size=2)))
try:
    documents.aggregate([{"$out": "new"}])
    seen["out"] = None
except pymongo.errors.PyMongoError as error:
    seen["out"] = getattr(error, "code", None)
try:
    documents.insert_one({"_id": "new"})
    seen["insert"] = None
except pymongo.errors.PyMongoError as error:
    seen["insert"] = getattr(error, "code", None)
print(json.dumps(seen))
