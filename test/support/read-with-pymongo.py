"""Reads a collection as a Python user would: read-with-pymongo.py URI DATABASE COLLECTION. Prints what it saw as JSON."""

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
try:
    documents.insert_one({"_id": "new"})
    seen["insert"] = None
except pymongo.errors.PyMongoError as error:
    seen["insert"] = getattr(error, "code", None)
print(json.dumps(seen))
