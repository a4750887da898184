// Reads a collection as a Go user would: read URI DATABASE COLLECTION. Prints what it saw as JSON.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/version"
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	ctx := context.Background()
	client, err := mongo.Connect(ctx, options.Client().ApplyURI(os.Args[1]))
	must(err)
	database := client.Database(os.Args[2])
	collection := database.Collection(os.Args[3])
	few := bson.M{"_id": bson.M{"$lte": 5}}

	var all, some []struct {
		ID int64 `bson:"_id"`
	}
	cursor, err := collection.Find(ctx, bson.M{}, options.Find().SetBatchSize(100))
	must(err)
	must(cursor.All(ctx, &all))
	ids := []int64{}
	for _, document := range all {
		ids = append(ids, document.ID)
	}
	var one struct {
		ID int64 `bson:"_id"`
	}
	must(collection.FindOne(ctx, bson.M{"_id": 43}).Decode(&one))
	count, err := collection.CountDocuments(ctx, few)
	must(err)
	estimated, err := collection.EstimatedDocumentCount(ctx)
	must(err)
	cursor, err = collection.Aggregate(ctx, mongo.Pipeline{{{Key: "$match", Value: few}}})
	must(err)
	must(cursor.All(ctx, &some))
	collections, err := database.ListCollectionNames(ctx, bson.M{})
	must(err)
	databases, err := client.ListDatabaseNames(ctx, bson.M{})
	must(err)

	var insert interface{}
	_, err = collection.InsertOne(ctx, bson.M{"_id": "new"})
	if refusal, ok := err.(mongo.CommandError); ok {
		insert = refusal.Code
	} else if err != nil {
		insert = err.Error()
	}
	seen, err := json.Marshal(map[string]interface{}{
		"version": version.Driver, "ids": ids, "one": one.ID, "count": count, "estimated": estimated,
		"aggregated": len(some), "collections": collections, "databases": databases, "insert": insert,
	})
	must(err)
	fmt.Println(string(seen))
}
