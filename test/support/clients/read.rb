# Reads a collection as a Ruby user would: read.rb URI DATABASE COLLECTION. Prints what it saw as JSON.
require 'json'
require 'mongo'

Mongo::Logger.logger.level = Logger::FATAL
uri, database, name = ARGV
client = Mongo::Client.new(uri, database: database)
collection = client[name]
few = { _id: { '$lte' => 5 } }
seen = {
  version: Mongo::VERSION,
  ids: collection.find({}, batch_size: 100).map { |document| document['_id'] },
  one: collection.find(_id: 43).first['_id'],
  count: collection.count(few),
  aggregated: collection.aggregate([{ '$match' => few }]).to_a.size,
  collections: client.database.collection_names,
  databases: client.database_names,
  insert: nil
}
begin
  collection.insert_one(_id: 'new')
rescue Mongo::Error::OperationFailure => e
  seen[:insert] = e.respond_to?(:code) && e.code || e.message[/\((\d+)\)/, 1].to_i
end
puts JSON.generate(seen)
